"""A lesson in a real browser: predict, train, read, try again, compare, take the code home, present."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from core.config import RunConfig
from core.export.program import script
from tests.browser.accessible import serious_findings
from tests.browser.conftest import OpenPage
from tests.browser.lab_page import LabPage, go_to

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, object] = {}


def finish(lab: LabPage) -> None:
    lab.reach("Finished|Diverged", timeout_s=90)


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_predict_train_read_and_try_again(open_page: OpenPage, device: dict[str, object]) -> None:
    seed = 501 + len(device)
    page = open_page(f"train?learning_rate=0.1&epochs=15&seed={seed}&model=mlp&momentum=0.99", **device)
    lab = LabPage(page).ready()
    lab.press("Predict first")
    lab.press("falls at once")
    expect(page.get_by_role("button", name="I expect: falls at once")).to_be_visible()
    lab.train()
    finish(lab)
    assert lab.traces()["guess"]["x"][-1] == 15
    expect(page.get_by_text("You expected: falls at once.")).to_be_visible()
    expect(page.get_by_text("Evidence:")).to_be_visible()
    first = page.url
    page.get_by_role("button", name="Start afresh with").click()
    page.wait_for_url(lambda url: "run=" in url and url.split("run=")[1][:32] != first.split("run=")[1][:32])
    lab.reach("Training|Finished")
    finish(lab)
    expect(page.get_by_text("validation images were right")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= (page.viewport_size or {})["width"]


def test_a_replay_tells_its_end_at_its_end(open_page: OpenPage) -> None:
    address = "train?learning_rate=0.01&epochs=4&seed=511"
    first = LabPage(open_page(address)).ready()
    first.press("Train")
    first.reach("Finished · epoch 4 of 4")
    page = open_page(address)
    again = LabPage(page).ready()
    again.press("Train")
    again.reach("Replay")
    told = page.get_by_text("validation images were right")
    expect(told).to_have_count(0)
    again.reach("Finished · epoch 4 of 4")
    expect(told).to_be_visible()


def test_compare_add_a_change_and_read_the_verdict(open_page: OpenPage) -> None:
    page = open_page("train?learning_rate=0.01&epochs=4&seed=521")
    lab = LabPage(page).ready()
    ids = []
    for rate in ("0.01", "0.02"):
        lab.type_rate(rate)
        expect(page).to_have_url(re.compile(f"learning_rate={rate}"))
        lab.press("Train")
        page.wait_for_url(lambda url: "run=" in url and not any(known in url for known in ids))
        ids.append(page.url.split("run=")[1][:32])
    page.goto(page.url.split("/train")[0] + "/compare?runs=" + ".".join(ids))
    expect(page.locator(".stPlotlyChart")).to_have_count(3)
    expect(page.get_by_text(re.compile("neither is ahead|is ahead on these images"))).to_be_visible()
    page.get_by_role("button", name="Without momentum").click()
    page.wait_for_url(lambda url: len(url.split("runs=")[1].split("&")[0].split(".")) == 3)
    expect(page.get_by_role("table").get_by_text("Momentum")).to_be_visible()
    page.get_by_text("The whole class", exact=True).click()
    expect(page.locator(".stPlotlyChart")).to_have_count(1)
    assert not serious_findings(page)


def test_the_table_of_a_comparison_follows_its_runs(open_page: OpenPage) -> None:
    page = open_page("train?epochs=50&seed=561")
    lab = LabPage(page).ready().train()
    lab.press("Pause")
    lab.reach("Paused")
    paused = page.url.split("run=")[1][:32]
    page.goto(page.url.split("/train")[0] + "/train?epochs=10&learning_rate=0.01&seed=562")
    LabPage(page).ready().press("Train")
    page.wait_for_url(lambda url: "run=" in url and paused not in url)
    going = page.url.split("run=")[1][:32]
    page.goto(page.url.split("/train")[0] + f"/compare?runs={paused}.{going}")
    table = page.get_by_role("table")
    expect(table.get_by_text("Training")).to_be_visible()
    expect(table.get_by_text("Finished")).to_be_visible(timeout=60_000)
    expect(table.get_by_text("Paused")).to_be_visible()


def test_the_program_is_downloaded_as_shown(open_page: OpenPage) -> None:
    page = open_page("train?learning_rate=0.02&seed=531")
    LabPage(page).ready()
    page.get_by_role("tab", name="The code").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Script (.py)").click()
    assert waiting.value.path().read_text(encoding="utf-8") == script(RunConfig(learning_rate=0.02, seed=531))
    page.get_by_text("The survey's own listing").click()
    expect(page.get_by_text("is never imported")).to_be_visible()


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_space_bar_trains_and_pauses_in_the_presenters_view(open_page: OpenPage, locale: str) -> None:
    page = open_page(
        f"train?view=present&learning_rate=0.01&epochs=50&seed={551 if locale == 'zh-CN' else 552}", locale=locale
    )
    expect(page.locator(".tl-chart.drawn >> visible=true")).to_have_count(1)
    words = {"en-US": ("Train", "Pause", "Resume"), "zh-CN": ("开始训练", "暂停", "继续")}[locale]
    for word in words:
        button = page.get_by_role("button", name=word)
        expect(button).to_be_visible()
        page.keyboard.press("Space")
        expect(button).to_have_count(0)
    expect(page.get_by_test_id("stImage")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("view=present"))
    expect(page.get_by_role("link", name="TrendLab").or_(page.get_by_test_id("stTopNavLink").first)).to_be_visible()


def test_the_space_bar_leaves_a_replay_alone(open_page: OpenPage) -> None:
    settings = "learning_rate=0.01&epochs=4&seed=553"
    first = LabPage(open_page(f"train?{settings}")).ready()
    first.press("Train")
    first.reach("Finished · epoch 4 of 4")
    page = open_page(f"train?view=present&{settings}")
    lab = LabPage(page)
    expect(page.locator(".tl-chart.drawn >> visible=true")).to_have_count(1)
    page.keyboard.press("Space")
    lab.reach("Replay")
    afresh = page.get_by_role("button", name="Train afresh")
    expect(afresh).to_be_visible()
    shown = page.url
    page.keyboard.press("Space")
    lab.reach("Finished · epoch 4 of 4")
    assert page.url == shown
    expect(afresh).to_contain_text("Space")
    page.keyboard.press("Space")
    expect(page).not_to_have_url(shown)
    lab.reach("Training|Finished")
    assert "loss_smooth_ghost" not in lab.traces()


@pytest.mark.parametrize("size", [(390, 844), (1366, 768)], ids=["phone", "laptop"])
def test_all_four_curves_are_seen_and_then_the_chart(open_page: OpenPage, size: tuple[int, int]) -> None:
    width, height = size
    page = open_page("train?tour=2", viewport={"width": width, "height": height})
    lab = LabPage(page).ready()
    lab.press("Predict first")
    for curve in ("flat, then falls", "falls at once", "falls, then rises", "explodes"):
        expect(page.get_by_role("button", name=curve)).to_be_in_viewport(ratio=1)
    pictures = page.get_by_test_id("stImage")
    expect(pictures).to_have_count(4)
    for picture in pictures.all():
        expect(picture).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    lab.press("Train")
    lab.reach("Training|Replay|Finished .* 10 of 10")
    expect(lab.status).to_be_in_viewport(ratio=1)
    expect(page.locator(".tl-chart[data-chart=loss]")).to_be_in_viewport(ratio=1 if width < 640 else 0.7)


def test_the_presenters_chart_ends_on_the_screen(open_page: OpenPage) -> None:
    page = open_page("train?view=present", viewport={"width": 1366, "height": 768})
    expect(page.locator(".tl-chart.drawn >> visible=true")).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Opens on this computer only.")).to_be_visible()


def test_the_tour_leads_from_home_to_the_end_and_can_be_resumed(open_page: OpenPage) -> None:
    page = open_page("")
    page.get_by_role("button", name="Five-minute tour").click()
    for step in range(2, 7):
        expect(page).to_have_url(re.compile(f"tour={step - 1}"))
        page.locator(".st-key-tour_card").get_by_role("button", name="Next").click()
        expect(page.get_by_text(f"Tour {step} of 6")).to_be_visible()
        if step == 4:
            page.reload()
            expect(page.get_by_text("Tour 4 of 6")).to_be_visible()
    page.get_by_role("button", name="Finish").click()
    expect(page).not_to_have_url(re.compile("tour="))


def test_the_level_is_remembered_for_the_next_visit(open_page: OpenPage) -> None:
    page = open_page("train")
    LabPage(page).ready()
    page.get_by_text("Expert", exact=True).click()
    expect(page.get_by_text("Weight decay")).to_be_visible()
    again = page.context.new_page()
    again.goto(page.url.split("?")[0])
    expect(again.get_by_text("Weight decay")).to_be_visible()


def test_leaving_and_coming_back_keeps_settings_switches_and_language(open_page: OpenPage) -> None:
    page = open_page("train?epochs=40&learning_rate=0.02&momentum=0.5&seed=561", locale="zh-CN")
    lab = LabPage(page).ready()
    page.get_by_text("让全班看到我的训练").click()
    lab.press("开始训练")
    page.wait_for_url("**run=*")
    go_to(page, "实验室", "训练记录")
    expect(page.locator("h2")).to_have_text("训练记录")
    page.go_back()
    expect(page.locator("h2")).to_have_text("训练卷积网络")
    expect(page.get_by_role("spinbutton", name="或直接输入")).to_have_value("0.02")
    expect(page).to_have_url(re.compile(r"epochs=40.*momentum=0\.5|momentum=0\.5.*epochs=40"))
    expect(page.get_by_role("button", name="改用学习率")).to_have_count(0)
    expect(page.get_by_role("radio", name="中文")).to_be_checked()
    expect(page.get_by_role("switch").first).not_to_be_checked()


@pytest.mark.parametrize(
    "path", ["", "train?level=expert", "runs?whose=everyone", "compare", "train?view=present", "?tour=1"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_page: OpenPage, path: str, scheme: str) -> None:
    page = open_page(path, color_scheme=scheme)
    page.wait_for_timeout(1_500)  # charts fade in, and faint text would be called unreadable
    assert not serious_findings(page)

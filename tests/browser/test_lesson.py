"""A lesson in a real browser: predict, train, read, try again, compare, take the code home, present."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import ViewportSize, expect

from core.config import RunConfig
from core.content.words import Words
from core.export.program import script
from tests.browser.accessible import settled
from tests.browser.conftest import ELSEWHERE, PHONE, OpenPage
from tests.browser.lab_page import LabPage, go_to

DESKTOP: dict[str, object] = {}
LAPTOP: ViewportSize = {"width": 1366, "height": 768}
REPLAY_MS = 11_000  # longer than a replay lasts
HAND_MS = 150  # how long a quick key press lasts


@pytest.mark.parametrize(
    "device", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone", marks=pytest.mark.slow)]
)
def test_predict_train_read_and_try_again(come_to: OpenPage, device: dict[str, object]) -> None:
    seed = 501 + len(device)
    collapses = "learning_rate=1&optimizer=sgd_nesterov&model=mlp"  # with every seed tried
    page = come_to(f"train?{collapses}&epochs=3&seed={seed}", **device)
    lab = LabPage(page).ready()
    lab.press("Predict first")
    lab.press("falls at once")
    expect(page.get_by_role("button", name="I expect: falls at once")).to_be_visible()
    lab.press("Train")
    lab.reach("(Finished|Diverged) .* of 3")
    assert lab.traces()["guess"]["x"][-1] == 3
    expect(page.get_by_text("You expected: falls at once.")).to_be_visible()
    expect(page.get_by_text("Evidence:")).to_be_visible()
    lab.begin("Start afresh with learning rate 0.01")
    lab.reach("Finished")
    expect(page.get_by_text("the network was right on")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= (page.viewport_size or {})["width"]


def test_who_opens_a_popover_by_key_is_in_it_and_afterwards_where_they_were(come_to: OpenPage) -> None:
    page = come_to("train?learning_rate=0.02")
    LabPage(page).ready()
    link = page.get_by_role("button", name="Link to these settings")
    link.press("Enter")
    expect(page.get_by_role("dialog")).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    page.get_by_role("button", name="Predict first").press("Enter")
    expect(page.get_by_role("dialog")).to_be_focused()
    page.get_by_role("button", name="flat, then falls").press("Enter")
    expect(page.get_by_role("button", name="I expect: flat, then falls")).to_be_focused()
    page.reload()  # without a guess


def test_the_program_is_downloaded_as_shown(come_to: OpenPage) -> None:
    page = come_to("train?learning_rate=0.02&epochs=12")
    LabPage(page).ready()
    page.get_by_role("tab", name="The code").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Script (.py)").click()
    assert waiting.value.path().read_text(encoding="utf-8") == script(RunConfig(learning_rate=0.02, epochs=12))
    page.get_by_text("The survey's own listing").click()
    expect(page.get_by_text("is never imported")).to_be_visible()


def test_the_settings_are_copied_from_a_page_of_another_machine(open_page: OpenPage) -> None:
    page = open_page("train?learning_rate=0.03", host=ELSEWHERE)
    assert not page.evaluate("isSecureContext")
    LabPage(page).ready()  # the layout has settled
    page.get_by_role("button", name="Link to these settings").click()
    code = page.get_by_test_id("stCode")
    code.hover()
    code.get_by_role("button").click()
    expect(code.get_by_role("button", name="Copied")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), {id: 'paper'}))")
    page.locator("#paper").focus()
    page.keyboard.press("Control+V")
    expect(page.locator("#paper")).to_have_value(re.compile(f"^http://{ELSEWHERE}.*&learning_rate=0.03&"))


@pytest.mark.parametrize("locale", ["zh-CN", pytest.param("en-US", marks=pytest.mark.slow)])
def test_the_space_bar_trains_and_pauses_in_the_presenters_view(come_to: OpenPage, locale: str) -> None:
    say, seed = Words(locale[:2]), 551 if locale == "zh-CN" else 552
    page = come_to(f"train?view=present&learning_rate=0.01&epochs=50&seed={seed}", locale=locale)
    page.set_viewport_size(LAPTOP)
    expect(page.locator(".tl-chart.drawn >> visible=true")).to_be_in_viewport(ratio=1)
    expect(page.get_by_text(re.compile("Opens on this computer only|只有这台电脑能打开"))).to_be_visible()
    expect(page.get_by_role("link", name="Link to heading")).to_have_count(0)
    page.get_by_role("button", name=say("present.accuracy")).click()
    expect(page.get_by_role("button", name=say("present.loss"))).to_be_focused()
    for word, presses in (("train", 1), ("pause", 3), ("resume", 1)):
        expect(page.get_by_role("button", name=say(f"train.{word}"))).to_be_visible()
        for _ in range(presses):
            page.keyboard.down("Space")
            page.keyboard.press("Space", delay=HAND_MS)  # repeated keydown events mean that it is held
    expect(page.get_by_role("button", name=say("train.pause"))).to_be_visible()
    expect(page.get_by_test_id("stImage")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("view=present"))
    expect(page.get_by_test_id("stTopNavLink").first).to_be_visible()
    LabPage(page).press(say("train.stop"))


def test_the_curve_of_an_example_is_not_taken_for_that_of_the_settings_above(come_to: OpenPage) -> None:
    page = come_to("train?view=present&learning_rate=0.1")
    expect(page.get_by_role("heading", name="Learning rate: 0.1")).to_be_visible()
    LabPage(page).reach("Example, rate 0.01 · Finished")


def test_a_replay_tells_its_end_at_its_end_and_the_space_bar_leaves_it_alone(open_page: OpenPage) -> None:
    page = open_page("train?model=mlp&learning_rate=0.01&epochs=2&seed=511")
    lab = LabPage(page).ready()
    told = page.get_by_text("the network was right on")
    lab.press("Train")
    lab.reach("Finished · epoch 2 of 2")
    expect(told).to_be_visible()
    page.clock.install()
    lab.press("Train")
    lab.reach("Replay")
    expect(told).to_have_count(0)
    page.clock.fast_forward(REPLAY_MS)
    lab.reach("Finished · epoch 2 of 2")
    expect(told).to_be_visible()
    lab.press("Train")
    lab.reach("Replay")
    lab.press("Present")
    expect(page).to_have_url(re.compile("view=present"))
    afresh = settled(page).get_by_role("button", name="Train afresh")
    expect(afresh).to_have_count(1)
    expect(page.get_by_test_id("stExpandSidebarButton")).not_to_be_visible()
    expect(afresh).not_to_contain_text("Space")
    shown = page.url
    page.keyboard.press("Space")
    page.clock.fast_forward(REPLAY_MS)
    lab.reach("Finished · epoch 2 of 2")
    expect(afresh).to_contain_text("Space")
    assert settled(page).url == shown
    page.keyboard.press("Space")
    expect(page).not_to_have_url(shown)
    lab.reach("Training|Finished")
    assert "loss_smooth_ghost" not in lab.traces()


@pytest.mark.parametrize("size", [{"width": 390, "height": 844}, LAPTOP], ids=["phone", "laptop"])
def test_all_four_curves_are_seen_and_then_the_chart(come_to: OpenPage, size: ViewportSize) -> None:
    page = come_to("train?tour=2")
    page.set_viewport_size(size)
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
    expect(page.locator(".tl-chart[data-chart=loss]")).to_be_in_viewport(ratio=1 if size != LAPTOP else 0.7)


def test_the_tour_leads_from_home_to_the_end_and_can_be_resumed(come_to: OpenPage) -> None:
    page = come_to("")
    page.get_by_role("button", name="Five-minute tour").click()
    for step in range(2, 7):
        expect(page).to_have_url(re.compile(f"tour={step - 1}"))
        card = settled(page).locator(".st-key-tour_card")
        card.get_by_role("button", name="Next").or_(card.get_by_role("link", name="Next")).click()
        expect(page.get_by_text(f"Tour {step} of 6")).to_be_visible()
        if step == 4:
            page.reload()
            expect(page.get_by_text("Tour 4 of 6")).to_be_visible()
    for step in (5, 6):  # the way there leads to another page
        page.go_back() if step == 5 else page.go_forward()
        expect(page.get_by_text(f"Tour {step} of 6")).to_be_visible()
        expect(page).to_have_url(re.compile(f"tour={step}"))
    page.get_by_role("button", name="Finish").click()
    expect(page).not_to_have_url(re.compile("tour="))


def test_leaving_and_coming_back_keeps_settings_switches_and_language(come_to: OpenPage) -> None:
    page = come_to("train?epochs=40&learning_rate=0.02&momentum=0.5&seed=561", locale="zh-CN")
    lab = LabPage(page).ready()
    page.get_by_text("让全班看到我的训练").click()
    lab.press("开始训练")
    page.wait_for_url("**run=*")
    go_to(page, "实验室", "训练记录")
    expect(page.locator("h1")).to_have_text("训练记录")
    page.go_back()
    expect(page.locator("h1")).to_have_text("训练卷积网络")
    expect(page.get_by_role("spinbutton", name="或直接输入")).to_have_value("0.02")
    expect(page).to_have_url(re.compile(r"epochs=40.*momentum=0\.5|momentum=0\.5.*epochs=40"))
    expect(page.get_by_role("button", name="改用学习率")).to_have_count(0)
    expect(page.get_by_role("radio", name="中文")).to_be_checked()
    expect(page.get_by_role("switch").first).not_to_be_checked()
    lab.press("结束并保留结果")

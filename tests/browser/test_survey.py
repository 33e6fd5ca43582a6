"""The survey's pages in a real browser, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.content.words import Words
from core.settings import PROJECT
from core.ui.shell import GROUPS
from tests.browser.accessible import serious_findings
from tests.browser.conftest import OpenPage

PAGES = [name for group in GROUPS.values() for name in group if (PROJECT / "pages" / f"{name}.py").exists()]
LOCALES = {"en": "en-US", "zh": "zh-CN"}
DESKTOP, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}


@pytest.mark.parametrize(("lang", "scheme"), [("en", "light"), ("zh", "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(open_page: OpenPage, name: str, lang: str, scheme: str) -> None:
    """On a desktop, then in a phone's window: to load a page takes longest."""
    page = open_page("" if name == "home" else name, locale=LOCALES[lang], color_scheme=scheme)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        check(idle(page))
    expect(page.locator("h2").first).to_have_text(Words(lang)(f"{name}.title"))


def idle(page: Page) -> Page:
    """The page's script has run to its end, and what it drew is there."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
    page.wait_for_timeout(500)
    return page


def check(page: Page) -> None:
    assert page.locator("[data-testid=stException]").count() == 0
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")  # charts follow a new size
    assert serious_findings(page) == []


def test_a_chart_gives_its_points_and_its_source(open_page: OpenPage) -> None:
    page = idle(open_page("deep"))
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").first.click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Model,Published,Depth")
    assert len(lines) == 1 + 16
    page.get_by_role("button", name="Table").first.click()
    expect(page.get_by_role("row")).to_have_count(1 + 16)
    assert page.get_by_role("link", name="torchvision").first.get_attribute("href")


def test_a_question_by_keyboard_alone(open_page: OpenPage) -> None:
    page = idle(open_page("deep"))
    choice = page.locator("[data-testid=stRadio]").get_by_role("radio").first
    choice.focus()
    page.keyboard.press("Space")
    answer = page.get_by_role("button", name="Answer")
    expect(answer).to_be_enabled()
    answer.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Right.").or_(page.get_by_text("Not quite.")).first).to_be_visible()
    page.reload()
    expect(page.get_by_text("Question 2 of").first).to_be_visible()  # the first one is remembered as answered


def test_the_paths_are_played_and_stepped_through_by_keyboard(open_page: OpenPage) -> None:
    page = idle(open_page("deep", reduced_motion="reduce"))
    step = page.get_by_role("slider", name="Step", exact=True)
    expect(step).to_have_value("150")
    page.get_by_role("button", name="Play", exact=True).press("Enter")
    expect(step).to_have_value("15")  # a still a second, for who wants less motion
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    step.press("Home")
    step.press("ArrowRight")
    expect(step).to_have_value("1")
    assert page.evaluate("() => document.querySelector('.tl-player .js-plotly-plot').data[1].x.length") == 2

"""The reader's own picture in a browser: drawn by a finger and by keys, taken from a file, and asked why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.accessible import serious_findings
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.finger import touch
from tests.handwritten import STROKES, inked

# A request is given up after 0.3 s.
IMPATIENT = "const limit = AbortSignal.timeout.bind(AbortSignal); AbortSignal.timeout = () => limit(300);"


def paper(page: Page) -> Locator:
    found = page.get_by_role("application")
    found.wait_for(timeout=90_000)  # the recorded run's first epoch
    found.scroll_into_view_if_needed()
    return found


def top(page: Page) -> Locator:
    return page.locator(".tl-bars .most")


def test_a_digit_is_drawn_by_a_finger_and_told_while_it_grows(come_to: OpenPage) -> None:
    page = come_to("understand", **PHONE)
    paper(page)
    expect(top(page)).to_have_count(0)
    expect(page.get_by_role("button", name="See why")).to_be_disabled()
    scrolled = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    for stroke in STROKES[0]:
        touch(paper(page), stroke)
    expect(top(page)).to_contain_text(re.compile(r"0\s*\d+%"))
    expect(page.locator(".tl-bars li")).to_have_count(10)
    paper(page)
    assert scrolled <= page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    page.get_by_role("button", name="Undo").click()
    expect(top(page)).to_have_count(0)
    touch(paper(page), STROKES[1][0])
    expect(top(page)).to_contain_text("1")
    page.get_by_role("button", name="See why").click()
    expect(page).to_have_url(re.compile("image=-1.*part=why|part=why.*image=-1"))
    expect(page.get_by_text("Your own picture.")).to_be_visible()


def test_a_drawing_is_read_after_its_first_requests_were_lost_without_an_error(open_page: OpenPage) -> None:
    page = open_page("understand", script=IMPATIENT, **PHONE)
    paper(page)
    lost: list[Route] = []
    page.route("**/drawing?*", lambda route: lost.append(route) if len(lost) < 2 else route.continue_())
    for stroke in (*STROKES[4], *STROKES[1]):
        touch(paper(page), stroke)
    expect(top(page)).to_have_count(1)
    assert len(lost) == 2


def test_a_digit_is_drawn_by_keys_and_read_aloud(come_to: OpenPage) -> None:
    page = come_to("understand")
    paper(page).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".tl-board .tl-announcement")).to_have_text("Row 2, column 7.")
    for _ in range(8):
        page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".tl-board .tl-announcement")).to_have_text(re.compile(r"The network says \d, \d+%\."))
    expect(top(page)).to_have_count(1)
    page.keyboard.press("Space")
    page.keyboard.press("Backspace")
    expect(top(page)).to_have_count(1)
    page.keyboard.press("Delete")
    expect(page.locator(".tl-board .tl-announcement")).to_have_text("The paper is empty.")
    expect(top(page)).to_have_count(0)
    assert serious_findings(page) == []


def test_what_the_network_says_is_told_anew_in_another_language(come_to: OpenPage) -> None:
    page = come_to("understand")
    expect(page.get_by_text("Finished", exact=True)).to_be_visible(timeout=60_000)  # no later network is asked
    told = page.locator(".tl-board .tl-announcement")
    paper(page).focus()
    for _ in range(8):
        page.keyboard.press("Shift+ArrowDown")
    expect(told).to_have_text(re.compile(r"The network says \d"))
    page.get_by_role("radio", name="中文").dispatch_event("click")  # the header may lie over it
    expect(told).to_have_text(re.compile(r"网络认为是\d"))
    page.get_by_role("radio", name="English").dispatch_event("click")
    expect(told).to_have_text(re.compile(r"The network says \d"))


def test_a_stroke_that_is_taken_back_while_it_is_drawn_ends(come_to: OpenPage) -> None:
    page = come_to("understand")
    box = paper(page).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for key in ("Delete", "Backspace"):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + 40)
        page.keyboard.press(key)
        page.mouse.move(x, y + 80)  # the hand goes on
        page.mouse.up()
        expect(page.get_by_role("button", name="Undo")).to_be_disabled()
        expect(top(page)).to_have_count(0)


@pytest.mark.parametrize("locale", ["en-US", pytest.param("zh-CN", marks=pytest.mark.slow)])
def test_a_file_is_shown_step_by_step_or_refused(come_to: OpenPage, tmp_path: Path, locale: str) -> None:
    Image.fromarray(255 - inked(0, 400, 36)).save(tmp_path / "zero.png")
    (tmp_path / "text.png").write_bytes(b"no picture at all")
    page = come_to("understand?own=file", locale=locale)
    page.locator("input[type=file]").wait_for(state="attached", timeout=90_000)
    page.locator("input[type=file]").set_input_files(tmp_path / "zero.png")
    expect(page.get_by_text(re.compile("400 × 400"))).to_be_visible()
    expect(page.get_by_text(re.compile("swap places|明暗对调"))).to_be_visible()
    expect(page.locator(".st-key-own_shares")).to_be_visible()
    assert serious_findings(page) == []
    page.locator("input[type=file]").set_input_files(tmp_path / "text.png")
    expect(page.get_by_text(re.compile("not a PNG, JPEG or WebP|不是PNG、JPEG或WebP"))).to_be_visible()

"""Take home in a real browser: files come when asked for, and the report opens alone with no network."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import OpenPage

MINE = "why so late?\n<script>document.title = 'run'</script>"
A4_PX: ViewportSize = {"width": 680, "height": 1009}  # what the margins leave
SMALL_PHONE: ViewportSize = {"width": 360, "height": 800}


def take(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as coming:
        page.get_by_role("button", name=name, exact=True).click()
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


def test_the_report_opens_alone_and_shows_what_was_typed(come_to: OpenPage, browser: Browser, tmp_path: Path) -> None:
    page = come_to("understand?part=home")
    page.get_by_role("textbox", name="Own notes").fill(MINE)
    page.get_by_role("button", name="Write the report").click()
    file = take(page, "Report (.html)", tmp_path)
    context = browser.new_context(offline=True, viewport=A4_PX)
    alone, asked, troubles = context.new_page(), list[str](), list[str]()
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("console", lambda message: troubles.append(message.text))
    alone.on("pageerror", lambda error: troubles.append(str(error)))
    alone.goto(file.as_uri())
    expect(alone).to_have_title("Lab report · The survey's CNN · Handwritten digits (1\u202f797)")
    expect(alone.locator(".notes")).to_contain_text(MINE, use_inner_text=True)
    assert alone.locator("figure > svg").count() == 2
    alone.set_viewport_size(SMALL_PHONE)
    assert alone.evaluate("document.documentElement.scrollWidth") == SMALL_PHONE["width"]
    alone.set_viewport_size(A4_PX)
    alone.emulate_media(media="print")
    assert alone.evaluate("document.documentElement.scrollWidth") <= A4_PX["width"]
    assert alone.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert (asked, troubles) == ([file.as_uri()], [])
    context.close()


def test_the_files_of_the_network_are_made_when_asked_for(come_to: OpenPage, tmp_path: Path) -> None:
    page = come_to("understand?part=home&at_epoch=1")
    name = take(page, "Weights (.safetensors)", tmp_path).name
    assert re.fullmatch(r"trendlab_digits_seed_cnn_[0-9a-f]{8}_epoch1\.safetensors", name)
    assert take(page, "Whole network (.onnx)", tmp_path).stat().st_size > 4 * 307_006
    assert take(page, "This picture (.png)", tmp_path).read_bytes().startswith(b"\x89PNG")

"""The teacher's handout as a file: in print each part begins on a new sheet, and on a phone nothing is cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from core.content.handout import to_html
from core.content.pages import page_text
from core.content.words import languages
from tests.browser.conftest import PHONE_SIZE

SHEET = re.compile(rb"/Type /Page\b")
MORE_THAN_HALF = "| a |\n|---|\n" + "| b |\n" * 17  # of a sheet


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=PHONE_SIZE)
    yield page
    page.close()


def sheets(page: Page) -> int:
    return len(SHEET.findall(page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("language", languages())
def test_a_worksheet_is_one_sheet_and_can_be_read_on_a_phone(page: Page, language: str) -> None:
    worksheet = page_text("teach", language).text("worksheet")
    page.set_content(to_html("", f"## x\n\n{worksheet}", language))
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE_SIZE["width"]
    assert sheets(page) == 1


def test_each_part_but_the_first_begins_on_a_new_sheet(page: Page) -> None:
    page.set_content(to_html("", "# T\n\nx\n\n## A\n\nx\n\n### a\n\nx\n\n## B\n\nx\n\n## C\n\nx", "en"))
    assert sheets(page) == 3


def test_a_table_is_not_divided_between_sheets(page: Page) -> None:
    page.set_content(to_html("", "\n\n".join(3 * [MORE_THAN_HALF]), "en"))
    assert sheets(page) == 3

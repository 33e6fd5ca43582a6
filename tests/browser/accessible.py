"""Accessibility checks of a page: axe-core's findings, icons that are read aloud, page width, heading levels."""

from __future__ import annotations

import re
from itertools import pairwise

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import IDLE

SERIOUS = ("serious", "critical")
STREAMLITS_OWN = "<kbd"  # the shortcut hint on a button, fainter than its label
ICON = re.compile(" icon$")
STREAMLITS_MENU = "[data-testid=stSidebarNavItems]"  # its grouped list of pages has headings in a list

HEADINGS = "h1, h2, h3, h4, h5, h6"

# Charts are drawn and nothing is fading in, as faint text would count as unreadable.
SETTLED = """() =>
    !document.querySelector("[data-testid=stSkeleton], .stPlotlyChart:not(:has(.main-svg))")
    && document.getAnimations().every(each =>
        each.playState !== "running" || each.effect.getComputedTiming().iterations === Infinity)"""


def settled(page: Page) -> Page:
    """The page after its script has finished and everything is drawn."""
    expect(page.locator(IDLE)).to_be_visible()
    page.wait_for_function(SETTLED)
    return page


def fits(page: Page) -> None:
    """Wait until nothing is wider than the window, as charts adapt to a new size."""
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")


def heading_levels(page: Page) -> list[int]:
    """Heading levels from the top of the page to its end, including those in components."""
    return [int(tag[1]) for tag in page.locator(HEADINGS).evaluate_all("all => all.map(each => each.tagName)")]


def are_nested(levels: list[int]) -> bool:
    """Whether the title is the only first-level heading and no level is skipped."""
    return levels[:1] == [1] and levels.count(1) == 1 and all(b <= a + 1 for a, b in pairwise(levels))


def serious_findings(page: Page) -> list[str]:
    """Findings that axe-core calls serious or worse, with their places; also icons in text, which are named images."""
    report = Axe().run(page, context={"exclude": [[STREAMLITS_MENU]]}).response
    found = [each for each in report["violations"] if each["impact"] in SERIOUS]
    nodes = [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]]
    icons = page.get_by_role("img", name=ICON).evaluate_all("all => all.map(each => each.ariaLabel)")
    return [f"{rule}: {html}" for rule, html in nodes if not html.startswith(STREAMLITS_OWN)] + icons

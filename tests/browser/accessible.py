"""What axe-core finds on a page, icons that are read aloud, whether the page fits its window, and how its headings are
nested."""

from __future__ import annotations

import re
from itertools import pairwise

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import IDLE

SERIOUS = ("serious", "critical")
STREAMLITS_OWN = "<kbd"  # the hint of a shortcut on its button, fainter than the button's words
ICON = re.compile(" icon$")
STREAMLITS_MENU = "[data-testid=stSidebarNavItems]"  # its list of pages in groups nests headings in a list

HEADINGS = "h1, h2, h3, h4, h5, h6"

# Charts are there, and nothing fades in any more: faint text would be called unreadable.
SETTLED = """() =>
    !document.querySelector("[data-testid=stSkeleton], .stPlotlyChart:not(:has(.main-svg))")
    && document.getAnimations().every(each =>
        each.playState !== "running" || each.effect.getComputedTiming().iterations === Infinity)"""


def settled(page: Page) -> Page:
    """The page's script has run to its end, and what it drew is there."""
    expect(page.locator(IDLE)).to_be_visible()
    page.wait_for_function(SETTLED)
    return page


def fits(page: Page) -> None:
    """Wait until nothing is wider than the window: charts follow a new size."""
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")


def heading_levels(page: Page) -> list[int]:
    """From the top of the page to its end; components' own count, too."""
    return [int(tag[1]) for tag in page.locator(HEADINGS).evaluate_all("all => all.map(each => each.tagName)")]


def are_nested(levels: list[int]) -> bool:
    """The title is the only heading of the first level, and those below it leave no level out."""
    return levels[:1] == [1] and levels.count(1) == 1 and all(b <= a + 1 for a, b in pairwise(levels))


def serious_findings(page: Page) -> list[str]:
    """What axe-core calls serious or worse, and where; and icons in a text, each of them an image with a name."""
    report = Axe().run(page, context={"exclude": [[STREAMLITS_MENU]]}).response
    found = [each for each in report["violations"] if each["impact"] in SERIOUS]
    nodes = [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]]
    icons = page.get_by_role("img", name=ICON).evaluate_all("all => all.map(each => each.ariaLabel)")
    return [f"{rule}: {html}" for rule, html in nodes if not html.startswith(STREAMLITS_OWN)] + icons

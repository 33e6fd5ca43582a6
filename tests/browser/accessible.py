"""What axe-core finds on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")
STREAMLITS_OWN = "<kbd"  # the hint of a shortcut on its button, fainter than the button's words
STREAMLITS_MENU = "[data-testid=stSidebarNavItems]"  # its list of pages in groups nests headings in a list


def serious_findings(page: Page) -> list[str]:
    """What axe-core calls serious or worse, and where."""
    report = Axe().run(page, context={"exclude": [[STREAMLITS_MENU]]}).response
    found = [each for each in report["violations"] if each["impact"] in SERIOUS]
    nodes = [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]]
    return [f"{rule}: {html}" for rule, html in nodes if not html.startswith(STREAMLITS_OWN)]

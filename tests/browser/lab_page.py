"""The Train page as a test sees it: what is drawn, and what is said."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

DRAWN = """chart => {
    const plot = document.querySelector(`.tl-chart[data-chart=${chart}] .tl-plot`);
    if (!plot || !plot.data) return {};
    return Object.fromEntries(plot.data.map(trace => [
        trace.meta.series + (trace.line.dash === "dot" ? "_ghost" : ""),
        {x: Array.from(trace.x || []), y: Array.from(trace.y || [])},
    ]));
}"""


def go_to(page: Page, group: str, name: str) -> None:
    """Open a page from its group of the navigation."""
    page.get_by_test_id("stTopNavSection").filter(has_text=group).click()
    page.get_by_role("menuitem", name=name).click()


class LabPage:
    """Reads the live charts and presses the buttons."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.status = page.locator(".tl-status")

    def ready(self) -> LabPage:
        """Both charts are drawn."""
        expect(self.page.locator(".tl-chart.drawn")).to_have_count(2)
        return self

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def type_rate(self, rate: str) -> None:
        field = self.page.get_by_role("spinbutton", name="or type it")
        field.fill(rate)
        field.press("Enter")

    def train(self) -> LabPage:
        """Press Train, until the new run has its first points (an older run's curve stays up to then)."""
        self.press("Train")
        self.reach(r"Training .* step [1-9]")
        return self

    def reach(self, text: str, timeout_s: float = 60) -> None:
        """Wait until the status line says so."""
        expect(self.status).to_contain_text(re.compile(text), timeout=timeout_s * 1000)

    def traces(self, chart: str = "loss") -> dict[str, Any]:
        """x and y of each trace by its series; ghosts' names end in `_ghost`."""
        found: dict[str, Any] = self.page.evaluate(DRAWN, chart)
        return found

    def wait_for_points(self, at_least: int) -> int:
        """The number of points on the loss curve, as soon as there are so many."""
        return self.wait_for_trace("loss_raw", at_least)

    def wait_for_trace(self, series: str, at_least: int, timeout_s: float = 60) -> int:
        """The number of points of a trace, as soon as there are so many."""
        for _ in range(int(timeout_s * 10)):
            if (points := len(self.traces().get(series, {"x": []})["x"])) >= at_least:
                return points
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{points} points only; {self.status.inner_text()}")

"""The Train page for tests: its drawn data and its text."""

from __future__ import annotations

import re
import time
from typing import Any

from playwright.sync_api import Page, expect

from core.ui.lab.controls import SECOND_CLICK_S

# The traces of a live chart, each with its series; ghosts' names end in `_ghost`.
NAMED = """chart => {
    const plot = document.querySelector(`.tl-chart[data-chart=${chart}] .tl-plot`);
    return (plot?.data ?? []).map(trace => [trace.meta.series + (trace.line.dash === "dot" ? "_ghost" : ""), trace]);
}"""
DRAWN = f"""chart => Object.fromEntries(({NAMED})(chart).map(
    ([name, trace]) => [name, {{x: Array.from(trace.x || []), y: Array.from(trace.y || [])}}]
))"""
HAS_POINTS = f"""([series, atLeast]) => {{
    const points = Object.fromEntries(({NAMED})("loss"))[series]?.x?.length ?? 0;
    return points >= atLeast && points;
}}"""
SHOWS = f"""run => ({NAMED})("loss").some(([name, trace]) => name === "loss_raw" && trace.meta.run === run)"""

RUN = re.compile(r"run=([0-9a-f]{32})")


def run_of(url: str) -> str:
    """The id of the run in an address."""
    return str(RUN.findall(url)[0])


def go_to(page: Page, group: str, name: str) -> None:
    """Open a page from its group of the navigation."""
    page.get_by_test_id("stTopNavSection").filter(has_text=group).click()
    page.get_by_role("menuitem", name=name).click()


class LabPage:
    """Reads the live charts and presses the buttons."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.status = page.locator(".tl-status")
        self.pressed_at = 0.0

    def ready(self) -> LabPage:
        """Both charts are drawn."""
        expect(self.page.locator(".tl-chart.drawn")).to_have_count(2)
        return self

    def press(self, name: str) -> None:
        """Press a button, not so soon after the last press that it would be a double click."""
        self.page.wait_for_timeout(1_000 * max(0.0, self.pressed_at + SECOND_CLICK_S - time.monotonic()))
        self.page.get_by_role("button", name=name, exact=True).click()
        self.pressed_at = time.monotonic()

    def type_rate(self, rate: str) -> None:
        field = self.page.get_by_role("spinbutton", name="or type it")
        field.fill(rate)
        field.press("Enter")

    def choose_pace(self, pace: str) -> None:
        self.page.get_by_role("combobox", name="Pace").click()
        self.page.get_by_role("option", name=pace).click()

    def begin(self, button: str = "Train") -> None:
        """Press a button that starts a run, and wait until the charts show it, as before that the page shows the old
        state."""
        left = RUN.findall(self.page.url)
        self.press(button)
        self.page.wait_for_url(lambda url: RUN.findall(url) not in ([], left))
        self.page.wait_for_function(SHOWS, arg=run_of(self.page.url))

    def train(self) -> LabPage:
        """Press Train and wait for the new run's first points; another run shown before may be training, too."""
        self.begin()
        self.reach(r"Training .* step [1-9]")
        return self

    def stand_at_the_start(self) -> None:
        """Start a run that waits for each click."""
        self.choose_pace("Step by step")
        self.press("Train")
        self.reach("Paused")

    def reach(self, text: str, timeout_s: float = 60) -> None:
        """Wait until the status line has this text."""
        expect(self.status).to_contain_text(re.compile(text), timeout=timeout_s * 1000)

    def traces(self, chart: str = "loss") -> dict[str, Any]:
        """x and y of each trace by its series; ghosts' names end in `_ghost`."""
        found: dict[str, Any] = self.page.evaluate(DRAWN, chart)
        return found

    def wait_for_points(self, at_least: int) -> int:
        """The number of points on the loss curve, once there are at least `at_least`."""
        return self.wait_for_trace("loss_raw", at_least)

    def wait_for_trace(self, series: str, at_least: int) -> int:
        """The number of points of a trace, once there are at least `at_least`."""
        found = self.page.wait_for_function(HAS_POINTS, arg=[series, at_least], timeout=60_000)
        return int(found.json_value())

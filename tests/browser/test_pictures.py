"""The picture of a chart that a reader saves: its words are as wide as on the page, so that none lie on others."""

from __future__ import annotations

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser.accessible import settled
from tests.browser.conftest import OpenPage
from tests.browser.lab_page import LabPage

TITLE_PX, SCALE = 36, 2
DARK = 128
DIFFERENT_PX = 5  # the gaps before the first letter and after the last


def test_a_saved_chart_has_the_font_of_the_page(come_to: OpenPage) -> None:
    page = settled(come_to("deep"))
    same_title(page, page.locator(".stPlotlyChart .js-plotly-plot").first)


def test_a_saved_live_chart_has_the_font_of_the_page(come_to: OpenPage) -> None:
    page = come_to("train")
    LabPage(page).ready()
    same_title(page, page.locator(".tl-chart[data-chart=loss] .js-plotly-plot"))


def same_title(page: Page, chart: Locator) -> None:
    box = chart.locator(".gtitle").bounding_box()
    assert box
    chart.hover()
    with page.expect_download() as saved:
        chart.locator(".modebar-btn").first.click()
    picture = np.asarray(Image.open(saved.value.path()).convert("L"))
    columns = np.flatnonzero((picture[: SCALE * TITLE_PX] < DARK).any(axis=0))
    assert abs((columns[-1] - columns[0]) / SCALE - box["width"]) < DIFFERENT_PX

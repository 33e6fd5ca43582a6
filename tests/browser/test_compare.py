"""The Compare page in a real browser: from two runs to an image on which they disagree, and into its network."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.lab_page import LabPage


def train(open_page: OpenPage, rate: str) -> str:
    """The id of a finished run."""
    page = open_page(f"train?model=mlp&epochs=2&batch_size=128&seed=61&learning_rate={rate}")
    lab = LabPage(page)
    lab.press("Train")
    lab.reach("Finished · epoch 2 of 2", timeout_s=120)
    page.wait_for_url(re.compile("run="))
    found = re.search(r"run=([0-9a-f]{32})", page.url)
    assert found
    return found[1]


def test_two_runs_an_image_on_which_they_disagree_and_why(open_page: OpenPage) -> None:
    runs = [train(open_page, rate) for rate in ("0.001", "0.003")]
    page = open_page(f"compare?runs={'.'.join(runs)}")
    expect(page.get_by_text("McNemar")).to_be_visible()
    tile = page.locator(".tl-disagreements button").nth(2)
    expect(tile).to_contain_text("✗")
    number = int(str(tile.get_attribute("data-number")))
    tile.press("Enter")
    expect(tile).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(f"Image {number + 1}:")).to_be_visible()
    page.get_by_text("Why? Show the maps").click()
    expect(page.locator(".js-plotly-plot .heatmaplayer .hm")).to_have_count(3)
    page.get_by_role("link", name="Look inside this network").nth(1).click()
    expect(page.locator("h2")).to_have_text("Understand a network")
    expect(page.get_by_text(f"Validation image {number + 1} of 360")).to_be_visible()
    assert runs[1] in page.url
    expect(page.get_by_text("First method")).to_be_visible()

"""The Compare page in a real browser: a verdict, another change, an image on which runs disagree, and why."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessible import serious_findings, settled
from tests.browser.conftest import OpenPage
from tests.browser.lab_page import LabPage, run_of


def train(come_to: OpenPage, rate: str, seed: int) -> str:
    """The id of a finished run."""
    page = come_to(f"train?model=mlp&epochs=2&batch_size=128&seed={seed}&learning_rate={rate}")
    lab = LabPage(page).ready()
    lab.begin()
    lab.reach("Finished · epoch 2 of 2")
    return run_of(page.url)


def test_one_change_more_and_the_whole_class(come_to: OpenPage) -> None:
    runs = [train(come_to, rate, seed=62) for rate in ("0.001", "0.003")]
    page = come_to(f"compare?what=chosen&runs={'.'.join(runs)}")
    expect(page.locator(".stPlotlyChart")).to_have_count(3)
    page.get_by_role("button", name="Without momentum").click()
    page.wait_for_url(lambda url: len(url.split("runs=")[1].split("&")[0].split(".")) == 3)
    expect(page.get_by_role("table").get_by_text("Momentum")).to_be_visible()
    page.get_by_text("The whole class", exact=True).click()
    expect(page.locator(".stPlotlyChart")).to_have_count(1)
    assert not serious_findings(settled(page))


@pytest.mark.slow
def test_a_pair_stays_chosen_when_one_run_more_changes_what_the_others_are_called(come_to: OpenPage) -> None:
    runs = [train(come_to, rate, seed=65) for rate in ("0.001", "0.003", "0.01")]
    page = come_to(f"compare?what=chosen&runs={'.'.join(runs)}&pair_b=3")
    other = page.get_by_role("combobox", name="against this one")
    expect(other).to_have_value("3 · Learning rate: 0.01")
    page.get_by_role("button", name="Without momentum").click()
    expect(page.get_by_role("table").get_by_text("Momentum")).to_be_visible()
    page.get_by_role("radio", name="Steps").click()
    page.wait_for_url(re.compile("axis=step"))
    expect(other).to_have_value("3 · Learning rate: 0.01 · Momentum: 0.9")
    assert "pair_b=3&" in page.url


def test_a_verdict_a_change_more_and_an_image_on_which_two_disagree(come_to: OpenPage) -> None:
    runs = [train(come_to, rate, seed=61) for rate in ("0.001", "0.003")]
    page = come_to(f"compare?what=chosen&runs={'.'.join(runs)}")
    expect(page.get_by_text(re.compile("this shows neither of them ahead|is ahead on these images"))).to_be_visible()
    expect(page.get_by_text("McNemar")).to_be_visible()
    tiles = page.locator(".tl-disagreements button")
    expect(page.locator(".tl-disagreements button[tabindex='0']")).to_have_count(1)  # a single tab stop
    tiles.first.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    tile = tiles.nth(2)
    expect(tile).to_be_focused()
    expect(tile).to_contain_text("✗")
    number = int(str(tile.get_attribute("data-number")))
    tile.press("Enter")
    expect(tile).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(f"Image {number + 1}:")).to_be_visible()
    page.get_by_text("Why? Show the maps").click()
    expect(page.locator(".js-plotly-plot .heatmaplayer .hm")).to_have_count(3)
    page.get_by_role("link", name="Look inside this network").nth(1).click()
    expect(page.locator("h1")).to_have_text("Understand a network")
    expect(page.get_by_text(f"Validation image {number + 1} of 360")).to_be_visible()
    assert runs[1] in page.url
    expect(page.get_by_text("First method")).to_be_visible()


def test_the_table_of_a_comparison_follows_its_runs(come_to: OpenPage) -> None:
    lab = LabPage(come_to("train?level=expert&model=mlp&seed=63")).ready()
    lab.stand_at_the_start()
    paused = run_of(lab.page.url)
    lab = LabPage(come_to("train?level=expert&model=mlp&epochs=8&seed=64")).ready()
    lab.choose_pace("One epoch a second")  # slow enough to be seen training
    lab.press("Train")
    lab.page.wait_for_url(re.compile(f"run=(?!{paused})"))
    going = run_of(lab.page.url)
    come_to(f"compare?what=chosen&runs={paused}.{going}")
    table = lab.page.get_by_role("table")
    expect(table.get_by_text("Training")).to_be_visible()
    head = table.get_by_role("columnheader").first.get_by_role("button")
    head.focus()
    expect(table.get_by_text("Finished")).to_be_visible(timeout=60_000)
    expect(table.get_by_text("Paused")).to_be_visible()
    expect(head).to_be_focused()

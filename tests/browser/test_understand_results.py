"""The results of a network in a real browser: cells, tiles and epochs, without waiting for the server."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
from playwright.sync_api import Locator, Page, expect

from core import catalog
from core.settings import PROJECT
from tests.browser.conftest import OpenPage
from tests.browser.lab_page import LabPage, run_of
from tests.serving import Server
from tests.waiting import until

EPOCH = re.compile(r"Epoch (\d+) of (\d+)")
# Whether there is room between the text of each heading and the next one.
GAPS = """heads => heads.map(head => {
    const text = document.createRange();
    text.selectNodeContents(head);
    return text.getBoundingClientRect().right <= head.getBoundingClientRect().right - 4;
})"""


def open_results(come_to: OpenPage, address: str = "", **how: object) -> Page:
    page = come_to(f"understand?{address}", **how)
    expect(page.locator(".tl-results[data-epoch]")).to_be_visible()
    return page


def open_recorded_run(come_to: OpenPage, server: Server, address: str = "", **how: object) -> Page:
    """The recorded run, the first of all, once it has all its epochs."""
    until(lambda: server.get("api/runs").text.startswith("[{"))
    page = open_results(come_to, f"network={server.get('api/runs').json()[-1]['id']}&{address}", **how)
    expect(page.get_by_text("Finished", exact=True)).to_be_visible(timeout=60_000)
    return page


def cell(page: Page, truth: str, taken: str) -> Locator:
    return page.get_by_role("gridcell", name=re.compile(f"^{truth} taken for {taken}:"))


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Epoch")


def right(page: Page) -> int:
    """The sum of the diagonal."""
    return sum(int(text) for text in page.locator(".tl-results .tl-right").all_inner_texts() if text)


def test_a_contrast_theme_shows_what_is_chosen_and_every_bar(come_to: OpenPage, server: Server) -> None:
    page = open_recorded_run(come_to, server, forced_colors="active")
    cell(page, "5", "5").click()
    page.get_by_role("button", name="In %").click()
    for drawn in (".tl-matrix [aria-selected=true]", ".tl-counted[aria-pressed=true]", ".tl-bars li > div"):
        expect(page.locator(drawn).first).to_have_css("forced-color-adjust", "none")
    bar = page.locator(".tl-classes .tl-bar").first
    assert bar.evaluate("each => getComputedStyle(each, '::before').forcedColorAdjust") == "none"
    page.locator(".tl-tiles button:visible").first.click()
    expect(page.locator(".tl-tiles button[aria-pressed=true]:visible")).to_have_css("border-top-width", "2px")


def test_a_cell_shows_its_images_and_one_of_them_is_followed(come_to: OpenPage, server: Server) -> None:
    page = open_recorded_run(come_to, server)
    cell(page, "5", "5").click()
    tiles = page.locator(".tl-tiles button:visible")
    expect(page.locator(".tl-tiles-title")).to_have_text("5, and rightly so")
    expect(tiles).to_have_count(int(cell(page, "5", "5").inner_text()))
    expect(page).to_have_url(re.compile("cell=5-5"))
    page.locator(".tl-tiles button[aria-pressed=false]:visible").nth(3).click()  # another than the one shown anyway
    expect(page).to_have_url(re.compile(r"image=\d+"))
    expect(page.locator(".tl-image-text")).to_contain_text(re.compile("is 5. .* says 5, with"))
    page.reload()
    expect(page.locator(".tl-tiles button[aria-pressed=true]")).to_be_visible()
    stop = page.locator(".tl-tiles button[tabindex='0']:visible")
    expect(stop).to_have_count(1)  # one stop of the Tab key
    expect(stop).to_have_attribute("aria-pressed", "true")
    stop.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(tiles.nth(1)).to_be_focused()
    cell(page, "5", "5").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".tl-tiles-title")).to_have_text("The surest mistakes")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("cell=5-6"))


def test_no_heading_of_precision_and_recall_runs_into_the_next_in_the_narrowest_window(
    come_to: OpenPage, server: Server
) -> None:
    page = open_recorded_run(come_to, server, viewport={"width": 320, "height": 640})
    heads = page.locator(".tl-classes thead th")
    expect(heads).to_have_count(4)
    assert all(heads.evaluate_all(GAPS)), heads.all_inner_texts()


def test_playing_ends_at_the_last_epoch(come_to: OpenPage, server: Server) -> None:
    page = open_recorded_run(come_to, server, "at_epoch=1")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".tl-results[data-epoch='9']")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page).not_to_have_url(re.compile("at_epoch"))


def test_back_is_followed_at_once(come_to: OpenPage, server: Server) -> None:
    page = open_recorded_run(come_to, server)
    cell(page, "8", "1").click()
    expect(page).to_have_url(re.compile("cell=8-1"))
    slider(page).press("Home")
    expect(page).to_have_url(re.compile("at_epoch=1"))
    page.go_back()
    expect(page.locator(".tl-results[data-epoch='9']")).to_be_visible()
    expect(page).not_to_have_url(re.compile("at_epoch"))
    page.go_back()
    expect(page.locator(".tl-tiles-title")).to_have_text("The surest mistakes")
    page.go_forward()
    expect(cell(page, "8", "1")).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile("cell=8-1"))


def test_epochs_are_gone_through_while_the_run_still_trains(come_to: OpenPage) -> None:
    page = come_to("train?level=expert&model=mlp&learning_rate=0.003&epochs=20&seed=301")
    lab = LabPage(page).ready()
    lab.choose_pace("One epoch a second")
    lab.train()
    lab.reach("epoch 3 of")
    run = run_of(page.url)
    open_results(come_to, f"network={run}")
    last = right(page)
    slider(page).press("Home")
    expect(page.locator(".tl-results[data-epoch='0']")).to_be_visible()
    assert right(page) < last
    expect(page).to_have_url(re.compile("at_epoch=1"))
    told = page.locator(".tl-scrubber output")
    last_known = slider(page).get_attribute("max")
    assert last_known
    expect(slider(page)).not_to_have_attribute("max", last_known)  # new epochs come and leave the slider alone
    expect(told).to_contain_text("Epoch 1 of 20")
    slider(page).press("End")
    expect(page).not_to_have_url(re.compile("at_epoch"))
    at_end = EPOCH.search(told.inner_text())
    assert at_end
    expect(told).to_have_text(re.compile(rf"Epoch (?!{at_end[1]}\b)"))  # it follows the training


UI = PROJECT / "core" / "ui"
COURSE = ("common.js", "understand/results_view/course.js")
# Pairs of names that lie on each other, and names that leave the course.
CROWDED = """([names, courses]) => courses.flatMap(shares => {
    const box = document.querySelector(".tl-course");
    const texts = {course: "", epoch: ""};
    new Course(box).set({names, texts, epochs: shares.map((_, at) => at + 1), image: {truth: 0, shares}});
    const told = Array.from(box.querySelectorAll("text:not(.tl-tick)"), text => [text.textContent, text.getBBox()]);
    const meet = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && Math.abs(a.y - b.y) < 13;
    const pairs = told.flatMap(([one, a], at) =>
        told.slice(at + 1).filter(([, b]) => meet(a, b)).map(([other]) => `${one} on ${other}`));
    const left = told.filter(([, {x, y, width, height}]) => x < 40 || x + width > box.clientWidth || y < 0 || y > 160);
    return [...pairs, ...left.map(([name]) => `${name} beyond the edge`)];
})"""


def test_no_name_on_the_course_of_an_image_lies_on_another(open_page: OpenPage) -> None:
    """Drawn with the app's font, where there are no other components."""
    page = open_page("questions")
    page.evaluate(
        "document.body.innerHTML = '<div class=tl-course style=\"font-family: Source Sans, Noto Sans CJK SC\"></div>'"
    )
    page.add_style_tag(content=(UI / "understand/results_view/images.css").read_text(encoding="utf-8"))
    page.add_script_tag(content="\n".join((UI / each).read_text(encoding="utf-8") for each in COURSE))
    random = np.random.default_rng(0)
    courses = [random.dirichlet(np.full(10, 0.3), epochs).tolist() for epochs in (1, 2, 5, 10) for _ in range(25)]
    for width, names in product((300, 620), catalog.specs("datasets")["cifar10"]["classes"].values()):
        page.locator(".tl-course").evaluate("(box, width) => { box.style.width = `${width}px` }", width)
        assert page.evaluate(CROWDED, [names, courses]) == []

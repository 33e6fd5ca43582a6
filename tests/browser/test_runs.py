"""The Runs page in a real browser: choose, open, name, hide, delete, take back, download."""

from __future__ import annotations

import io
import re
from uuid import uuid4

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from core.content.words import Words
from tests.browser.conftest import IDLE, PASSCODE, PHONE_SIZE, OpenPage
from tests.browser.lab_page import LabPage, go_to, run_of

SAY = Words("en")
TABLE = "table[aria-label='Runs with their settings and results']"


def choose_first_row(page: Page) -> None:
    page.get_by_role("checkbox", name="Choose").first.check()
    expect(page.get_by_role("link", name="Open")).to_be_visible()


def train_one(look: OpenPage, seed: int) -> Page:
    page = look(f"train?model=mlp&epochs=1&learning_rate=0.01&seed={seed}")
    lab = LabPage(page).ready()
    lab.begin()
    lab.reach("Finished · epoch 1 of 1")
    go_to(page, "Lab", "Runs")
    expect(page.locator("h1")).to_have_text("Runs")
    expect(page.locator(f"{TABLE} tbody tr").first.get_by_text("Finished")).to_be_visible()  # not an earlier run's end
    return page


def test_name_delete_and_take_back(come_to: OpenPage) -> None:
    page = train_one(come_to, 301)
    choose_first_row(page)
    page.get_by_role("textbox", name="Name").fill("https://[my first $& <b>")
    page.get_by_role("textbox", name="Name").press("Enter")
    page.get_by_role("textbox", name="Filter").fill("MY FIRST")
    page.get_by_role("textbox", name="Filter").press("Enter")
    page.wait_for_url("**find=MY+FIRST*")
    expect(page.locator(TABLE).get_by_text("https://[my first")).to_be_visible()  # a name is no link, sound or not
    expect(page.get_by_role("checkbox", name="https://[my first $& <b> · 0.01 · ")).to_be_visible()
    expect(page.get_by_role("button", name="Delete")).to_be_visible()  # the same rows, the same choice
    page.get_by_role("textbox", name="Filter").fill("no such run")
    page.get_by_role("textbox", name="Filter").press("Enter")
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    page.get_by_role("textbox", name="Filter").fill("my first")
    page.get_by_role("textbox", name="Filter").press("Enter")
    choose_first_row(page)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Deleted.")).to_be_visible()
    expect(page.locator(TABLE)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(TABLE)).to_be_visible()
    page.get_by_role("textbox", name="Filter").fill("")  # the next test's run has another name
    page.get_by_role("textbox", name="Filter").press("Enter")
    page.wait_for_url(lambda url: "find=" not in url)


def test_a_long_name_leaves_the_other_columns_on_a_phone(come_to: OpenPage) -> None:
    page = train_one(come_to, 313)
    choose_first_row(page)
    page.get_by_role("textbox", name="Name").fill("x" * 80)
    page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.get_by_role("checkbox", name="x" * 80)).to_be_visible()
    page.set_viewport_size(PHONE_SIZE)
    expect(page.get_by_role("button", name="Validation accuracy")).to_be_in_viewport(ratio=1)


def test_who_deletes_by_key_hears_of_it_and_is_led_to_the_way_back(come_to: OpenPage) -> None:
    train_one(come_to, 311)
    page = train_one(come_to, 312)
    choose_first_row(page)
    page.get_by_role("button", name="Delete").press("Enter")
    expect(page.get_by_role("status").filter(has_text=SAY("runs.deleted"))).to_be_visible()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(page.get_by_role("checkbox", name="Choose").first).to_be_focused()  # the newest run's again


def test_the_next_learner_at_a_computer_begins_without_the_runs_of_the_one_before(open_page: OpenPage) -> None:
    page = train_one(open_page, 306)
    left_open = page.context.new_page()
    left_open.goto(page.url)
    expect(left_open.locator(TABLE)).to_be_visible()
    page.get_by_role("button", name="Next learner").click()
    page.get_by_role("button", name="Begin as a new learner").click()
    for tab in (page, left_open):
        tab.wait_for_url(lambda url: "runs" not in url)
        go_to(tab, "Lab", "Runs")
        expect(tab.get_by_text("Your runs will be listed here.")).to_be_visible()
        expect(tab.locator(TABLE)).to_have_count(0)


@pytest.mark.usefixtures("cut_off")
def test_who_could_not_become_the_next_learner_is_told_and_can_try_again(open_page: OpenPage) -> None:
    page = open_page("runs")
    answers = iter([lambda route: route.abort(), lambda route: route.fulfill(status=503)])
    page.route("**/api/newcomer", lambda route: next(answers, lambda same: same.continue_())(route))
    page.get_by_role("button", name="Next learner").click()
    begin, failed = page.get_by_role("button", name=SAY("newcomer.begin")), page.get_by_text(SAY("newcomer.failed"))
    for _ in range(2):
        begin.click()
        expect(failed).to_be_visible()
    begin.click()
    page.wait_for_url(lambda url: "runs" not in url)


def test_a_listed_run_ends_before_ones_eyes(come_to: OpenPage) -> None:
    page = come_to("train?level=expert&model=mlp&epochs=1&learning_rate=0.01&seed=309")
    lab = LabPage(page).ready()
    lab.stand_at_the_start()
    listed = page.context.new_page()
    listed.goto(page.url.split("train?")[0] + "runs")
    row = listed.locator(f"{TABLE} tbody tr").first
    expect(row.get_by_text("Paused")).to_be_visible()
    lab.choose_pace("Full speed")
    expect(row.get_by_text("Finished")).to_be_visible()


def test_a_teacher_hides_a_run_from_the_class(open_page: OpenPage) -> None:
    page = train_one(open_page, 307)
    choose_first_row(page)
    page.get_by_role("textbox", name="Name").fill("unseemly")
    page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.locator(TABLE).get_by_text("unseemly")).to_be_visible()
    teacher = open_page("runs?whose=everyone&find=unseemly")
    choose_first_row(teacher)
    hide = teacher.get_by_role("button", name="Hide from the class")
    expect(hide).to_have_count(0)
    teacher.get_by_role("button", name="Teacher's access").click()
    for given, answer in (("guessed", "That is not the passcode."), (PASSCODE, "Now you can hide runs")):
        teacher.get_by_label("Passcode").fill(given)
        teacher.get_by_label("Passcode").press("Enter")
        expect(teacher.get_by_text(answer)).to_be_visible()
    teacher.keyboard.press("Escape")
    hide.click()
    expect(teacher.get_by_text("No run matches")).to_be_visible()
    page.reload()
    expect(page.locator(TABLE).get_by_text("unseemly")).to_be_visible()  # its owner keeps it


def test_a_run_that_is_deleted_is_missed_on_the_pages_that_follow_it(open_page: OpenPage) -> None:
    page = open_page("train?level=expert&model=mlp&seed=308")
    LabPage(page).ready().stand_at_the_start()
    run = run_of(page.url)
    understand, compare = page.context.new_page(), page.context.new_page()
    understand.goto(page.url.split("train?")[0] + f"understand?network={run}")
    expect(understand.get_by_text(SAY("understand.none.paused"))).to_be_visible()
    compare.goto(page.url.split("train?")[0] + f"compare?what=chosen&runs={run}")
    expect(compare.get_by_test_id("stPlotlyChart")).to_have_count(2)
    go_to(page, "Lab", "Runs")
    choose_first_row(page)
    page.get_by_role("button", name="Delete").click()
    expect(understand.get_by_text(SAY("understand.missing"))).to_be_visible()
    expect(compare.get_by_text(SAY("compare.missing", n=1))).to_be_visible()


def test_a_run_that_is_renamed_leaves_no_trace_in_the_history_of_the_page_that_looks_into_it(
    come_to: OpenPage,
) -> None:
    page = train_one(come_to, 310)
    choose_first_row(page)
    understand = page.context.new_page()
    understand.goto(page.url.split("runs")[0] + "understand")
    expect(understand.locator(IDLE)).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("another name")
    page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.locator(TABLE).get_by_text("another name")).to_be_visible()
    for part in ("inside", "why"):
        understand.get_by_role("radio", name=SAY(f"understand.parts.{part}")).click()
        understand.wait_for_url(re.compile(f"part={part}"))
        expect(understand.locator(IDLE)).to_be_visible()
    understand.go_back()
    understand.wait_for_url(re.compile("part=inside"))
    understand.go_back()
    understand.wait_for_url(re.compile("^(?!.*part=)"))


def test_open_and_download(come_to: OpenPage) -> None:
    page = train_one(come_to, 302)
    choose_first_row(page)
    with page.expect_download() as started:
        page.get_by_test_id("stDownloadButton").get_by_role("button").click()
    table = pd.read_csv(io.BytesIO(started.value.path().read_bytes()))
    assert len(table) == 45
    page.get_by_role("link", name="Open").click()
    expect(page.locator("h1")).to_have_text("Train a CNN")
    lab = LabPage(page).ready()
    assert lab.wait_for_points(45) == 45
    expect(page.get_by_role("spinbutton", name="or type it")).to_have_value("0.01")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Runs")


@pytest.mark.slow
def test_one_back_leads_from_a_run_to_the_rows_that_a_filter_left(come_to: OpenPage) -> None:
    page = train_one(come_to, 313)
    page.get_by_role("textbox", name="Filter").fill("mlp")
    page.get_by_role("textbox", name="Filter").press("Enter")
    page.wait_for_url("**find=mlp*")
    choose_first_row(page)
    page.get_by_role("link", name="Open").click()
    expect(page.locator("h1")).to_have_text("Train a CNN")
    page.go_back()
    expect(page.get_by_role("textbox", name="Filter")).to_have_value("mlp")
    page.wait_for_url("**/runs?find=mlp")


def test_one_back_undoes_a_start_over_and_leads_from_a_run_of_other_settings(come_to: OpenPage) -> None:
    page = train_one(come_to, 312)
    go_to(page, "Lab", "Train a CNN")
    rate = page.get_by_role("spinbutton", name="or type it")
    page.get_by_role("button", name="Start over").click()
    expect(rate).to_have_value("0.001")
    page.go_back()
    expect(rate).to_have_value("0.01")
    page.go_forward()
    expect(rate).to_have_value("0.001")
    go_to(page, "Lab", "Runs")
    choose_first_row(page)
    page.get_by_role("link", name="Open").click()
    expect(rate).to_have_value("0.01")
    assert LabPage(page).ready().wait_for_points(45) == 45
    page.go_back()
    expect(page.locator("h1")).to_have_text("Runs")


def test_what_is_not_shown_to_the_class_is_seen_by_nobody_else(come_to: OpenPage, open_page: OpenPage) -> None:
    page, name = train_one(come_to, 303), uuid4().hex
    choose_first_row(page)
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Name").press("Enter")
    page.get_by_role("button", name="Hide from the class").click()
    expect(page.get_by_role("button", name="Show to the class")).to_be_visible()
    other = open_page(f"runs?whose=everyone&find={name}")
    expect(other.get_by_text(name)).to_be_visible()  # in the words that say that there is none
    expect(other.locator(TABLE)).to_have_count(0)


def test_the_table_is_sorted_and_chosen_from_by_keyboard(come_to: OpenPage) -> None:
    page = train_one(come_to, 305)
    train_one(come_to, 304)
    page.goto(page.url.split("?")[0] + "?whose=everyone")
    head = page.get_by_role("columnheader", name="Seed")
    seeds = page.locator(f"{TABLE} td[data-name='Seed']")
    expect(head).to_have_attribute("aria-sort", "none")
    for order, sign in (("ascending", 1), ("descending", -1)):
        head.get_by_role("button").press("Enter")
        expect(head).to_have_attribute("aria-sort", order)
        told = [sign * int(text) for text in seeds.all_text_contents()]
        assert len(told) > 1
        assert told == sorted(told)
    for box in page.get_by_role("checkbox", name="Choose").all()[:2]:
        box.press("Space")
        expect(box).to_be_checked()
    expect(page.get_by_role("link", name="Compare these 2")).to_be_visible()

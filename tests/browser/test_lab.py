"""The lab in a real browser: live curves, controls, coming back, and every kind of window."""

from __future__ import annotations

import io
import re
import signal
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from core.content.words import Words
from tests.browser.accessible import settled
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.lab_page import LabPage, go_to, run_of
from tests.serving import Server
from tests.waiting import until

STEPS_PER_EPOCH = 45
COUNT_SENT = """() => {
    const send = WebSocket.prototype.send;
    window.sent = 0;
    WebSocket.prototype.send = function (message) { sent += 1; return send.call(this, message); };
}"""
SILENT_MS = 41_000  # without a sign that the server is still there
PROBED_AGAIN_MS = 120_000  # by then a chart that polls has looked for events at least once more
WHOLE = 10 * STEPS_PER_EPOCH

# A script's output arrives long after the events of later changes.
LATE_MS = 800
LATE_PAGES = f"""
    const listen = WebSocket.prototype.addEventListener;
    WebSocket.prototype.addEventListener = function (name, hear) {{
        listen.call(this, name, name === "message" ? event => setTimeout(hear, {LATE_MS}, event) : hear);
    }};
"""

# Whether that many names are below a chart and in its box.
FIT_BELOW = """count => {
    const chart = document.querySelector(".tl-chart[data-chart=loss]");
    const [end, ...ends] = [chart, ...chart.querySelectorAll(".legendtext")].map(
        each => each.getBoundingClientRect().bottom
    );
    return ends.length === count && Math.max(...ends) <= end;
}"""
PLOT = "document.querySelector('.tl-chart[data-chart=loss] .tl-plot')"
TOLD_STEPS = f"{PLOT}.data.find(trace => trace.meta.series === 'loss_raw').customdata"
SMOOTHS_NOTHING = f"""() => {{
    const y = series => String({PLOT}.data.find(trace => trace.meta.series === series).y);
    return y("loss_smooth") === y("loss_raw");
}}"""


def csv_of(server: Server, lab: LabPage) -> pd.DataFrame:
    run_id = run_of(lab.page.url)
    return pd.read_csv(io.StringIO(server.get(f"api/runs/{run_id}/metrics.csv").text))


def probe_until(page: Page, condition: Callable[[], bool]) -> None:
    """A time jump while a chart listens for events also ends its listening, so jump once more."""
    for _ in range(5):
        page.clock.fast_forward(PROBED_AGAIN_MS)
        with suppress(AssertionError):
            until(condition, timeout_s=5.0)
            return


def probe_until_live(page: Page) -> None:
    probe_until(page, page.locator(".tl-chart.drawn").first.is_visible)


def test_train_to_the_end_and_see_the_curve_grow(come_to: OpenPage, server: Server) -> None:
    lab = LabPage(come_to("train?level=expert&model=mlp&learning_rate=0.01&epochs=4&seed=101")).ready()
    lab.choose_pace("One epoch a second")
    lab.train()
    lab.page.locator("a[href='#stMain']").evaluate("link => link.click()")  # leads to no other page
    seen = [lab.wait_for_points(1)]
    while seen[-1] < 4 * STEPS_PER_EPOCH:
        seen.append(lab.wait_for_points(seen[-1] + 1))
    assert len(seen) >= 4  # it grew while being watched
    lab.reach("Finished · epoch 4 of 4 · step 180 · validation accuracy")
    expect(lab.page.get_by_role("button", name="Pause")).to_have_count(0)
    loss, accuracy, table = lab.traces(), lab.traces("accuracy"), csv_of(server, lab)
    assert np.allclose(loss["loss_raw"]["y"], table["loss"], rtol=1e-4)
    assert lab.page.evaluate(TOLD_STEPS) == table["step"].tolist()
    measured = table.dropna(subset="val_accuracy")
    assert np.allclose(accuracy["val_accuracy"]["y"], measured["val_accuracy"], atol=1e-5)
    assert accuracy["val_accuracy"]["x"] == [1, 2, 3, 4]
    assert len(loss["loss_smooth"]["y"]) == 4 * STEPS_PER_EPOCH
    name = re.compile(r"^Accuracy · epoch (\d+) of \1 · validation accuracy [\d.]+%$")
    expect(lab.page.get_by_role("group", name=name)).to_be_visible()  # for screen readers
    expect(
        lab.page.get_by_role("group", name=re.compile(r"epoch (\d+) of \1 · validation loss [\d.]+$"))
    ).to_be_visible()


def test_pause_change_the_rate_reload_leave_and_come_back(come_to: OpenPage, server: Server) -> None:
    page = come_to("train?model=plain&depth=20&learning_rate=0.01&epochs=10&seed=102")  # takes long
    lab = LabPage(page).ready()
    lab.train()
    lab.press("Pause")
    lab.reach("Paused")
    standing = lab.wait_for_points(1)
    lab.type_rate("0.003")
    lab.press("Go on with rate 0.003")
    lab.press("Resume")
    lab.wait_for_points(standing + 30)
    page.reload()
    lab.ready()
    reloaded = lab.wait_for_points(standing + 30)
    steps = np.round(np.array(lab.traces()["loss_raw"]["x"]) * STEPS_PER_EPOCH)
    assert np.array_equal(steps[:reloaded], np.arange(reloaded))  # complete from the first step on
    assert page.evaluate(f"{PLOT}.layout.shapes.map(shape => shape.label.text)") == ["rate 0.003"]
    go_to(page, "Lab", "Runs")
    expect(page.locator("h1")).to_have_text("Runs")
    go_to(page, "Lab", "Train a CNN")
    lab.ready()
    lab.press("Stop and keep result")
    lab.reach("Stopped")
    table = csv_of(server, lab)
    assert lab.wait_for_points(len(table)) == len(table)
    assert set(table["learning_rate"]) == {0.01, 0.003}


def test_one_step_and_then_full_speed(come_to: OpenPage) -> None:
    page = come_to("train?level=expert&model=mlp&epochs=2&seed=103")
    lab = LabPage(page).ready()
    lab.stand_at_the_start()
    for step in (1, 2):
        lab.press("One step")
        assert lab.wait_for_points(step) == step
    lab.choose_pace("Full speed")
    lab.reach("Finished")


@pytest.mark.slow
def test_on_a_slow_line_the_buttons_follow_and_a_page_that_is_left_stays_left(open_page: OpenPage) -> None:
    page = open_page("train?level=expert&model=mlp&seed=108", script=LATE_PAGES)
    lab = LabPage(page).ready()
    lab.stand_at_the_start()
    for step in (1, 2):
        page.wait_for_timeout(2 * LATE_MS)
        lab.press("One step")  # its output says that the run is training, but arrives after that
        assert lab.wait_for_points(step) == step
    page.wait_for_timeout(2 * LATE_MS)
    lab.choose_pace("One epoch a second")
    lab.press("Pause")
    page.evaluate("Math.random = () => 0.99")  # maximal delay of reports
    lab.reach("Paused")
    page.evaluate("history.pushState({}, '', 'runs'); dispatchEvent(new PopStateEvent('popstate'))")
    expect(page.locator("h1")).to_have_text("Runs")
    page.wait_for_timeout(2 * LATE_MS)
    expect(page.get_by_role("table")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("leave", "title"),
    [
        ("history.pushState({}, '', 'runs'); dispatchEvent(new PopStateEvent('popstate'))", "Runs"),
        ("document.querySelector('.st-key-tour_card a').click()", "TrendLab"),  # its address is a query alone
    ],
    ids=["back", "link"],
)
def test_who_leaves_between_two_script_runs_is_not_called_back(
    open_page: OpenPage, server: Server, leave: str, title: str
) -> None:
    """A run of the old page's script has ended, and a busy server has not begun the one of the new page."""
    page = open_page("train?model=mlp&epochs=1&learning_rate=0.01&seed=140&tour=5")
    lab = LabPage(page).ready()
    page.evaluate("Math.random = () => 0.99")  # maximal delay of reports
    lab.press("Train")
    lab.reach("Finished · epoch 1 of 1")
    assert server.process
    server.process.send_signal(signal.SIGSTOP)
    page.evaluate(COUNT_SENT)
    page.evaluate(leave)
    page.wait_for_timeout(500)
    page.evaluate("document.querySelector('[data-testid=stApp]').dataset.testScriptState = 'notRunning'")
    page.wait_for_timeout(4_000)
    num_sent = page.evaluate("sent")
    server.process.send_signal(signal.SIGCONT)
    assert num_sent == 1  # the way to the new page, and no report
    expect(page.locator("h1")).to_have_text(title)
    page.wait_for_timeout(2_000)
    expect(page.locator("h1")).to_have_text(title)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(141, 144))
def test_who_leaves_as_the_run_ends_is_not_called_back_by_a_busy_server(
    open_page: OpenPage, server: Server, seed: int
) -> None:
    page = open_page(f"train?model=mlp&epochs=1&learning_rate=0.01&seed={seed}")
    lab = LabPage(page).ready()
    lab.press("Train")
    lab.reach("Finished · epoch 1 of 1")
    go_to(page, "Lab", "Runs")
    assert server.process
    server.process.send_signal(signal.SIGSTOP)
    page.wait_for_timeout(5_000)
    server.process.send_signal(signal.SIGCONT)
    expect(page.locator("h1")).to_have_text("Runs")
    page.wait_for_timeout(2_000)
    expect(page.locator("h1")).to_have_text("Runs")


def test_a_moved_slider_trains_and_the_old_curves_stay_as_ghosts(come_to: OpenPage) -> None:
    page = come_to("train?level=expert&model=mlp&epochs=2&seed=104")
    lab = LabPage(page).ready()
    switch = page.get_by_text("Retrain when I move a slider")
    switch.click()
    for rate in ("0.02", "0.03"):
        before = page.evaluate("history.length")
        lab.type_rate(rate)
        expect(page).to_have_url(re.compile(f"learning_rate={rate}&.*run="))
        lab.reach("Finished · epoch 2 of 2")  # moving the slider would stop an active run
        assert page.evaluate("history.length") == before + 1
    lab.wait_for_trace("loss_smooth_ghost", 1)
    lab.wait_for_points(2 * STEPS_PER_EPOCH)
    assert lab.wait_for_trace("loss_smooth_ghost", 2 * STEPS_PER_EPOCH) == 2 * STEPS_PER_EPOCH
    switch.click()


def test_a_chart_has_its_label_where_a_browser_knows_it_as_an_attribute_alone(open_page: OpenPage) -> None:
    """Same as Firefox before 119."""
    page = open_page("train", script="delete Element.prototype.ariaLabel")
    expect(page.get_by_role("group", name=re.compile("^Accuracy"))).to_be_visible()


@pytest.mark.parametrize("locale", ["zh-CN", pytest.param("en-US", marks=pytest.mark.slow)])
def test_a_phone_shows_all_without_sideways_scrolling(open_page: OpenPage, locale: str) -> None:
    page = open_page("train", locale=locale, **PHONE)
    lab = LabPage(page).ready()
    lab.wait_for_points(WHOLE)
    title = {"en-US": "Train a CNN", "zh-CN": "训练卷积网络"}[locale]
    expect(page.locator("h1")).to_have_text(title)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    boxes = [box.bounding_box() for box in page.locator(".tl-chart").all()]
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    for scheme, paper in (("light", "#FFFFFF"), ("dark", "#12171D")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_function(f"{PLOT}._fullLayout.paper_bgcolor.toUpperCase() === '{paper}'")


@pytest.mark.slow
def test_the_names_of_all_curves_fit_below_a_chart_on_a_phone(come_to: OpenPage) -> None:
    page = come_to("train?model=mlp&epochs=1&seed=120", **PHONE)
    lab = LabPage(page).ready()
    for rate in ("0.002", "0.003", "0.004", "0.005"):
        lab.type_rate(rate)
        expect(page).to_have_url(re.compile(f"learning_rate={rate}"))
        if rate == "0.005":
            lab.press("Predict first")
            lab.press("falls at once")
        before = settled(page).url
        lab.press("Train")
        page.wait_for_url(lambda url, before=before: url != before)  # type: ignore[misc]
        lab.reach("Finished · epoch 1 of 1")
    names = page.locator(".tl-chart[data-chart=loss] .legendtext")
    expect(names).to_have_text(["Training", "Validation", "Your guess", "rate 0.002", "rate 0.003", "rate 0.004"])
    page.wait_for_function(FIT_BELOW, arg=names.count())


def test_long_names_of_earlier_runs_fit_below_a_chart_on_a_phone(come_to: OpenPage) -> None:
    decays, shown = [f"0.000{digit}" for digit in range(1, 5)], ""
    for decay in decays:
        page = come_to(f"train?model=mlp&epochs=1&seed=122&weight_decay={decay}{shown}", **PHONE)
        lab = LabPage(page).ready()
        lab.begin()
        lab.reach("Finished · epoch 1 of 1")
        shown = f"&run={run_of(page.url)}"
    names = page.locator(".tl-chart[data-chart=loss] .legendtext")
    expect(names).to_have_text(["Training", "Validation", *(f"Weight decay: {decay}" for decay in decays[:-1])])
    page.wait_for_function(FIT_BELOW, arg=names.count())


def test_on_paper_the_charts_are_light_and_below_each_other_each_as_high_as_its_drawing(come_to: OpenPage) -> None:
    page = come_to("train", viewport={"width": 2400, "height": 900}, color_scheme="dark")
    LabPage(page).ready()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    loss, accuracy = (page.locator(f".tl-chart[data-chart={name}]").bounding_box() for name in ("loss", "accuracy"))
    assert loss
    assert accuracy
    assert loss["x"] == accuracy["x"]
    drawing = page.locator(".tl-chart[data-chart=loss] .svg-container").bounding_box()
    assert drawing
    assert loss["height"] == pytest.approx(drawing["height"], abs=3)  # the border
    printed = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"))
    assert np.median(printed) == 255
    assert printed.min() < 64  # with dark letters
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="null")  # the next test looks at the screen again


def test_nothing_jumps_from_the_first_paint_to_the_last_point(come_to: OpenPage) -> None:
    page = come_to("train?model=mlp&epochs=3&learning_rate=0.01&seed=105")
    lab = LabPage(page).ready()
    tops = {page.locator(".tl-charts").bounding_box()["y"]}  # type: ignore[index]
    lab.press("Train")

    def is_over() -> bool:
        tops.add(page.locator(".tl-charts").bounding_box()["y"])  # type: ignore[index]
        return "Finished · epoch 3 of 3" in lab.status.inner_text()

    until(is_over)
    assert len(tops) == 1


def test_the_status_line_of_a_collapsed_run_has_room_on_a_phone(come_to: OpenPage) -> None:
    page = come_to("train?model=mlp&optimizer=sgd_nesterov&learning_rate=1&epochs=10&seed=121", **PHONE)
    lab = LabPage(page).ready()
    heights = {lab.status.bounding_box()["height"]}  # type: ignore[index]
    lab.begin()
    lab.reach("Finished .* one answer for every image")
    heights.add(lab.status.bounding_box()["height"])  # type: ignore[index]
    assert len(heights) == 1
    expect(page.locator(".tl-live .tl-announcement")).to_contain_text("one answer for every image")


def test_where_events_cannot_pass_the_charts_poll_until_they_can(open_page: OpenPage) -> None:
    page = open_page("train?epochs=3&learning_rate=0.01&seed=106")
    page.clock.install()
    page.route("**/api/events*", lambda route: route.abort())
    page.reload()
    expect(page.locator(".stPlotlyChart")).to_have_count(2)
    LabPage(page).press("Train")
    grown = "n => {const plot = document.querySelector('.js-plotly-plot'); return plot && plot.data[1].x.length >= n}"
    for points in (1, 3 * STEPS_PER_EPOCH):
        page.wait_for_function(grown, arg=points)
    expect(page.get_by_text("Finished · epoch 3 of 3")).to_be_visible()
    page.unroute_all()
    probe_until_live(page)
    lab = LabPage(page).ready()
    expect(page.locator(".stPlotlyChart")).to_have_count(0)
    assert lab.wait_for_points(3 * STEPS_PER_EPOCH) == 3 * STEPS_PER_EPOCH


def test_a_network_where_all_is_slow_is_not_taken_for_one_that_blocks_events(open_page: OpenPage) -> None:
    page = open_page("understand")
    held: list[Route] = []
    page.route(re.compile("api/(events|healthz)"), lambda route: held.append(route))
    go_to(page, "Lab", "Train a CNN")
    until(lambda: page.is_visible("h1") and any("healthz" in route.request.url for route in held))
    for route in held:
        route.continue_()
    LabPage(page).ready().wait_for_points(1)
    expect(page.locator(".stPlotlyChart")).to_have_count(0)


def test_a_stream_that_a_network_has_lost_without_an_error_goes_on_where_it_was(open_page: OpenPage) -> None:
    page = open_page("train?level=expert&epochs=50&seed=140")
    page.clock.install()
    lab = LabPage(page).ready().train()
    lab.press("Pause")
    lab.reach("Paused")
    points, (step,) = lab.wait_for_points(1), re.findall(r"step (\d+)", lab.status.inner_text())
    with page.expect_request(re.compile(rf"api/events.*after={step}\b")):
        page.clock.fast_forward(SILENT_MS)
    assert lab.wait_for_points(points) == points


@pytest.mark.usefixtures("cut_off")
def test_a_chart_whose_program_could_not_be_loaded_is_live_as_soon_as_it_can(open_page: OpenPage) -> None:
    page = open_page("understand")
    page.clock.install()
    page.route("**/plotly-cartesian-*.js", lambda route: route.abort())  # Firefox does not request an address again
    failed: list[Route] = []  # the chart's own attempt, and one more
    page.route(re.compile("again="), lambda route: route.abort() or failed.append(route), times=2)
    go_to(page, "Lab", "Train a CNN")
    drawn = page.locator(".stPlotlyChart")
    expect(drawn).to_have_count(2)
    probe_until(page, lambda: drawn.count() != 2 or len(failed) == 2)
    probe_until_live(page)
    LabPage(page).ready().wait_for_points(1)
    expect(page.locator(".stPlotlyChart")).to_have_count(0)


@pytest.mark.slow
def test_more_tabs_follow_a_run_than_a_browser_has_connections(open_page: OpenPage) -> None:
    page = open_page("train?level=expert&model=mlp&epochs=2&seed=119")
    lab = LabPage(page).ready()
    lab.stand_at_the_start()
    for _ in range(6):
        tab = page.context.new_page()
        tab.goto(page.url)
        expect(tab.locator(".tl-chart.drawn, .stPlotlyChart")).to_have_count(2)


@pytest.mark.slow
def test_more_epochs_that_somebody_else_has_trained_already_are_drawn(come_to: OpenPage, open_page: OpenPage) -> None:
    lab, other = (LabPage(look("train?learning_rate=0.01&epochs=9&seed=139")).ready() for look in (come_to, open_page))
    lab.train()
    lab.press("Stop and keep result")
    lab.reach("Stopped")
    other.press("Train")
    other.reach("Finished · epoch 9 of 9")
    lab.press("5 more epochs")
    lab.reach("Finished", timeout_s=10)


def test_the_way_back_leads_out_of_the_other_language_with_all_that_was_chosen(open_page: OpenPage) -> None:
    page = open_page("train?learning_rate=0.01")
    preset = page.get_by_role("combobox", name="Preset")
    expect(preset).not_to_have_value("")
    chosen = preset.input_value()
    page.get_by_role("radio", name="中文").click()
    expect(page.locator("h1, h2").first).to_have_text(Words("zh")("train.title"))
    page.go_back()
    expect(page.locator("h1, h2").first).to_have_text(Words("en")("train.title"))
    page.get_by_role("radio", name="More").click()
    expect(page.get_by_role("combobox", name="Model")).to_be_visible()
    expect(preset).to_have_value(chosen)


def test_the_keyboard_is_enough(come_to: OpenPage) -> None:
    page = come_to("train?model=mlp&epochs=1&learning_rate=0.01&seed=107")
    lab = LabPage(page).ready()
    page.get_by_role("spinbutton", name="or type it").focus()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.innerText").strip().endswith("Train"):
            break
    page.keyboard.press("Enter")
    lab.reach("Finished · epoch 1 of 1")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_focused()


def test_the_first_view_is_a_recorded_run_and_says_so(open_page: OpenPage) -> None:
    page = open_page("train")
    lab = LabPage(page).ready()
    lab.reach("Finished")
    assert lab.wait_for_points(WHOLE) == WHOLE
    expect(page.get_by_text("Not training now")).to_be_visible()


def test_smoothing_and_the_log_axis_are_the_readers(open_page: OpenPage) -> None:
    page = open_page("train")
    LabPage(page).ready().wait_for_points(WHOLE)
    assert not page.evaluate(SMOOTHS_NOTHING)
    page.locator(".tl-tools input").fill("0")
    page.wait_for_function(SMOOTHS_NOTHING)
    page.get_by_role("button", name="Log scale").click()
    page.wait_for_function(f"{PLOT}._fullLayout.yaxis.type === 'log'")

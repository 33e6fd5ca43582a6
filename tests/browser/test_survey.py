"""Every page in a real browser, in both languages, and what a reader does on the survey's."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from core.content.words import Words
from core.settings import PROJECT
from core.ui.shell import GROUPS
from tests.browser.accessible import are_nested, fits, heading_levels, serious_findings, settled
from tests.browser.conftest import DESKTOP, PHONE, PHONE_SIZE, OpenPage
from tests.browser.finger import touch
from tests.browser.lab_page import go_to

ENGLISH, CHINESE = {"locale": "en-US", "color_scheme": "light"}, {"locale": "zh-CN", "color_scheme": "dark"}
LOOKS = {
    "en": ENGLISH | {"viewport": DESKTOP},
    "zh-phone": CHINESE | {"viewport": PHONE_SIZE},
    "en-phone": ENGLISH | {"viewport": PHONE_SIZE},
    "zh": CHINESE | {"viewport": DESKTOP},
}
PAGES = [name for group in GROUPS.values() for name in group if (PROJECT / "pages" / f"{name}.py").exists()]
# What more an address may show, and what is there when it is drawn.
MORE = {
    "?tour=1": ".st-key-tour_card",
    "train?level=expert": ".tl-chart.drawn",
    "train?view=present": ".tl-chart.drawn",
    "runs?whose=everyone": "table",
    "understand?cell=8-1": ".tl-tiles button",
    "understand?part=inside&inside=architecture": ".js-plotly-plot",
    "understand?part=inside&inside=activations": ".js-plotly-plot .hm",
    "understand?part=further&further=map": ".js-plotly-plot .point",
}


# Charts with long words, two or more on a page.
NARROW = (
    "", "?all_models=true&measure=parameters", "deep?surface=banana", "vision", "vision?vision_transformers=true",
    "language?axis=parameters", "scale?scale_view=ratio", "scale?scale_calculator=memory",
    "scale?scale_calculator=optimum", "outlook", "applications",
)  # fmt: skip
NARROWEST = {"width": 320, "height": 700}


# Every address in one of the first two looks, and, among the slow tests, in all others.
IN_TURN = [
    pytest.param(address, look, marks=[pytest.mark.slow] if turn != number % 2 else [])
    for number, address in enumerate([*PAGES, *MORE])
    for turn, look in enumerate(LOOKS)
]


@pytest.mark.parametrize(("address", "look"), IN_TURN)
def test_a_page_is_whole(come_to: OpenPage, address: str, look: str) -> None:
    page = come_to("" if address == "home" else address, **LOOKS[look])
    if address in PAGES:
        expect(page.locator("h1")).to_have_text(Words(look[:2])(f"{address}.title"))
    else:
        expect(page.locator(MORE[address]).first).to_be_visible()
    check(page)


def test_the_document_tells_its_language_and_its_page(come_to: OpenPage) -> None:
    page = settled(come_to("deep", **LOOKS["en"]))
    root = page.locator("html")
    expect(root).to_have_attribute("lang", "en")
    expect(page).to_have_title("Deep networks · TrendLab")
    page.get_by_role("radio", name="中文").click()
    expect(root).to_have_attribute("lang", "zh")
    expect(page).to_have_title("深度网络 · TrendLab")
    page.get_by_role("radio", name="English").click()
    expect(root).to_have_attribute("lang", "en")


def test_a_finger_chooses_a_point_of_a_chart_and_scrolls_past_it(come_to: OpenPage) -> None:
    page = settled(come_to("", **PHONE))
    chart = page.locator(".nsewdrag").first
    chart.evaluate("chart => chart.scrollIntoView({block: 'center'})")
    page.locator(".scatterlayer path.point").nth(60).tap(force=True)
    expect(page.get_by_role("dialog")).to_contain_text("Weights are")
    page.keyboard.press("Escape")
    expect(settled(page).get_by_role("dialog")).to_have_count(0)
    before = chart.bounding_box()
    assert before
    touch(chart, [(0.1, 0.9), (0.1, 0.8), (0.1, 0.6), (0.1, 0.4)])
    moved = "y => document.querySelector('.nsewdrag').getBoundingClientRect().y < y - 50"
    page.wait_for_function(moved, arg=before["y"])


def test_the_focus_is_seen_on_links_and_on_a_charts_buttons_in_the_dark(come_to: OpenPage) -> None:
    page = settled(come_to("deep", **LOOKS["zh"]))
    for kind in ("header a", ".stPlotlyChart .modebar-btn", ".tl-plot .modebar-btn"):
        page.keyboard.press("Tab")  # the focus of a mouse is not drawn
        page.locator(kind).first.focus()
        expect(page.locator(kind).first).to_have_css("outline", re.compile("solid 2px"))
        expect(page.locator(kind).first).not_to_have_css("outline-color", "rgb(0, 0, 0)")


def test_a_contrast_theme_leaves_what_is_drawn_by_colours_alone(come_to: OpenPage) -> None:
    page = settled(come_to("train", forced_colors="active"))
    page.get_by_role("button", name="Log scale").click()
    page.get_by_text("Check yourself").click()
    page.get_by_test_id("stRadioOption").first.click()
    for drawn in (
        "[data-testid=stSlider]", "[data-testid=stButtonGroup]", ".tl-progress div", ".tl-tools [aria-pressed=true]",
        "[data-testid=stRadioOption]:has(:checked)", "[role=tab][aria-selected=true]",
    ):  # fmt: skip
        expect(page.locator(drawn).first).to_have_css("forced-color-adjust", "none")
    page.keyboard.press("Tab")  # the focus of a mouse is not drawn
    for focused in ("header button", "[data-testid=stPopoverButton]", "summary", "input[type=number]"):
        page.locator(focused).first.focus()
        expect(page.locator(focused).first).to_have_css("outline", re.compile("solid 2px"))


def test_no_result_of_a_calculator_is_cut_off_on_a_projector(come_to: OpenPage) -> None:
    page = settled(come_to("scale", viewport={"width": 1024, "height": 768}))
    values = page.locator("[data-testid=stMetricValue] .stMarkdownEllipsis")
    expect(values).to_have_count(4)
    assert all(values.evaluate_all("all => all.map(each => each.scrollWidth <= each.clientWidth)"))


METRIC = ".stMetric .stMarkdownEllipsis"


@pytest.mark.parametrize(
    ("address", "shown"),
    [("train", ".stColumn .stSelectbox input"), ("scale", METRIC), ("applications", METRIC)],
)
def test_large_letters_are_not_cut_off(come_to: OpenPage, address: str, shown: str) -> None:
    page = settled(come_to(address, **LOOKS["en"]))
    page.add_style_tag(content="html { font-size: 200% !important }")
    is_cut_off = "each => each.scrollWidth > each.clientWidth"
    page.wait_for_function(f"shown => !Array.from(document.querySelectorAll(shown)).some({is_cut_off})", arg=shown)


def test_the_name_of_a_topic_is_whole_on_a_narrow_card(come_to: OpenPage) -> None:
    page = come_to("", viewport={"width": 700, "height": 900})
    card = page.get_by_test_id("stPageLink").filter(has_text="Interpretability and privacy").get_by_role("link")
    name, link = card.locator("p span").bounding_box(), card.bounding_box()
    assert name
    assert link
    assert name["x"] + name["width"] <= link["x"] + link["width"]


# Of a page that is about to be printed, and of one that has been.
WIDTHS = """told => {
    dispatchEvent(new Event(told));
    const drawings = document.querySelectorAll(".js-plotly-plot .main-svg");
    return Array.from(drawings, drawing => drawing.getBoundingClientRect().width);
}"""
A4_PX = 703  # at the usual margins


@pytest.mark.parametrize("address", ["deep", "train"])
def test_a_chart_of_a_wide_window_fits_the_paper(come_to: OpenPage, address: str) -> None:
    page = settled(come_to(address, viewport={"width": 2400, "height": 900}))
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    assert max(page.evaluate(WIDTHS, "beforeprint")) < A4_PX < max(page.evaluate(WIDTHS, "afterprint"))


def check(page: Page) -> None:
    assert settled(page).locator("[data-testid=stException]").count() == 0
    fits(page)
    assert are_nested(heading_levels(page))
    assert page.locator("output:not([aria-live=off])").count() == 0  # a slider tells its value by itself
    assert serious_findings(page) == []


def test_a_chart_gives_its_points_and_its_source(come_to: OpenPage) -> None:
    page = settled(come_to("deep", **LOOKS["en"]))
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").first.click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Model,Published,Depth")
    assert len(lines) == 1 + 16
    page.get_by_role("button", name="Table").first.click()
    expect(page.get_by_role("row")).to_have_count(1 + 16)
    assert page.get_by_role("link", name="torchvision").first.get_attribute("href")


def test_a_question_by_keyboard_alone(come_to: OpenPage) -> None:
    page = settled(come_to("deep", **LOOKS["en"]))
    choice = page.locator("[data-testid=stRadio]").get_by_role("radio").first
    rings = page.locator("[data-testid=stRadioOption] > div > div:first-child")
    colors = set(rings.evaluate_all("rings => rings.map((each) => getComputedStyle(each).borderTopColor)"))
    assert all(color.endswith("/ 0.6)") for color in colors)  # of the text: visible on a projector
    choice.focus()
    page.keyboard.press("Space")
    answer = page.get_by_role("button", name="Answer")
    expect(answer).to_be_enabled()
    answer.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Right.").or_(page.get_by_text("Not quite.")).first).to_be_visible()
    page.reload()
    expect(page.get_by_text("Question 2 of").first).to_be_visible()  # the first one is remembered as answered


def test_the_paths_are_played_and_stepped_through_by_keyboard(come_to: OpenPage) -> None:
    page = come_to("deep", **LOOKS["en"])
    page.emulate_media(reduced_motion="reduce")
    step = page.get_by_role("slider", name="Step", exact=True)
    expect(step).to_have_value("150")
    page.get_by_role("button", name="Play", exact=True).press("Enter")
    expect(step).to_have_value("15")  # a still a second, for who wants less motion
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    step.press("Home")
    step.press("ArrowRight")
    expect(step).to_have_value("1")
    assert page.evaluate("() => document.querySelector('.tl-player .js-plotly-plot').data[1].x.length") == 2


@pytest.mark.usefixtures("cut_off")
def test_a_played_chart_that_could_not_be_loaded_says_so_and_is_asked_for_again(open_page: OpenPage) -> None:
    page = open_page("questions")
    page.route("**/plotly-cartesian-*.js", lambda route: route.abort())  # Firefox asks no second time by an address
    page.route(re.compile("again="), lambda route: route.abort(), times=1)
    go_to(page, "Learn", "Deep networks")
    lost = page.get_by_text(Words("en")("player.lost"))
    expect(lost).to_be_visible()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(".tl-player .js-plotly-plot")).to_be_visible()
    expect(lost).to_have_count(0)


def test_a_played_chart_leaves_nothing_behind(come_to: OpenPage) -> None:
    page = come_to("deep")
    plot = page.locator(".tl-player .js-plotly-plot").element_handle()
    assert plot.evaluate("plot => Boolean(plot._fullLayout)")
    go_to(page, "Class", "Questions")
    expect(page.locator(".tl-player")).to_have_count(0)
    page.wait_for_function("plot => !plot._fullLayout", arg=plot)


# A chart's texts that reach under its buttons, beyond its edges, or beyond the plot or the legend that cuts them.
HIDDEN = """() => Array.from(document.querySelectorAll(".js-plotly-plot"), plot => {
    const box = plot.getBoundingClientRect();
    const buttons = Array.from(plot.querySelectorAll(".modebar-btn"), button => button.getBoundingClientRect());
    const edges = text => !text.closest("[clip-path]") ? box
        : (text.closest(".legend")?.querySelector(".bg") ?? plot.querySelector(".nsewdrag")).getBoundingClientRect();
    const placed = text => [text.textContent, text.getBoundingClientRect(), edges(text)];
    return Array.from(plot.querySelectorAll("text"), placed)
        .filter(([, {left, right, top, bottom}, edge]) => right > left && (
            left < edge.left - 1 || top < edge.top - 1 || right > edge.right + 1 || bottom > edge.bottom + 1
            || buttons.some(
                each => left < each.right && right > each.left && top < each.bottom && bottom > each.top)))
        .map(([words]) => words);
}).flat()"""


# Words of a horizontal axis that touch those before them.
TOUCHING = """() => Array.from(document.querySelectorAll(".js-plotly-plot"), plot => {
    const placed = text => [text.textContent, text.getBoundingClientRect()];
    const ticks = Array.from(plot.querySelectorAll(".xtick text"), placed)
        .sort(([, one], [, other]) => one.left - other.left);
    return ticks.filter(([, {left}], at) => at && left < ticks[at - 1][1].right + 1).map(([words]) => words);
}).flat()"""


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("address", NARROW)
def test_no_word_of_a_chart_is_hidden_on_the_narrowest_phone(come_to: OpenPage, address: str, locale: str) -> None:
    page = settled(come_to(address, viewport=NARROWEST, locale=locale, has_touch=True))
    expect(page.locator(".tl-plot:not(:has(.legend))")).to_have_count(0)
    page.wait_for_function(f"() => !({HIDDEN})().length && !({TOUCHING})().length")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_no_word_of_the_roofline_is_hidden_on_the_narrowest_phone(come_to: OpenPage, locale: str) -> None:
    page = settled(come_to("scale", viewport=NARROWEST, locale=locale, has_touch=True))
    roofline = page.locator(".st-key-scale_roofline")
    roofline.locator("summary").click()
    expect(roofline.locator(".js-plotly-plot")).to_be_visible()
    page.wait_for_function(f"() => !({HIDDEN})().length && !({TOUCHING})().length")


@pytest.mark.parametrize("address", ["deep", "applications", "language"])
def test_a_finger_that_begins_on_a_chart_scrolls_the_page(come_to: OpenPage, address: str) -> None:
    page = settled(come_to(address, viewport=PHONE_SIZE, has_touch=True))
    plot = page.locator(".js-plotly-plot .nsewdrag").first
    plot.evaluate("plot => plot.scrollIntoView({block: 'center'})")
    where = plot.bounding_box()
    x, y = where["x"] + where["width"] / 2, where["y"] + where["height"] / 2
    scrolled = "() => document.querySelector('[data-testid=stMain]').scrollTop"
    before = page.evaluate(scrolled)
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for moved in range(10, 160, 10):
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - moved}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(f"before => ({scrolled})() > before + 50", arg=before)

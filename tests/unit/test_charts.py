"""The training charts draw what was measured, and every colour is visible."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from itertools import combinations

import numpy as np
import plotly.graph_objects as go
import pytest

from core.charts import house
from core.charts.house import COLORS, MODES, Mode, color
from core.charts.training import CurveRun, RunPoints, filled, smooth, training_figures
from core.content.words import Words, languages
from core.settings import PROJECT

LEGEND_ROW_PX = 20
MAIN = CurveRun("a", "SGD · 0.01", steps_per_epoch=4, total_steps=8, changes=((6, 3e-5),))
GHOST = CurveRun("b", "SGD · 0.1", steps_per_epoch=4, total_steps=8)
EPOCHS = [
    {"step": 4, "val_loss": 1.5, "train_accuracy": 0.4, "val_accuracy": 0.5},
    {"step": 8, "val_loss": None, "train_accuracy": 0.6, "val_accuracy": 0.7},
]
CURVE = RunPoints([[step, 2.0 - step / 10] for step in range(8)], epochs=EPOCHS)


def drawn(curve: RunPoints = CURVE) -> dict[str, dict[str, dict[str, object]]]:
    """chart -> series of the main run -> trace."""
    figures = filled(
        training_figures(MAIN, [GHOST], Words("en").by_prefix("live"), "light"), [GHOST, MAIN], {"a": curve}
    )
    return {
        chart: {t["meta"]["series"]: t for t in figure["data"] if t["meta"]["run"] == "a"}
        for chart, figure in figures.items()
    }


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("lang", languages())
def test_plotly_takes_the_figures(lang: str, mode: Mode) -> None:
    figures = filled(training_figures(MAIN, [GHOST], Words(lang).by_prefix("live"), mode), [GHOST, MAIN], {"a": CURVE})
    for figure in figures.values():
        go.Figure(figure)  # raises for any name or value that Plotly does not know


def test_the_points_are_those_measured() -> None:
    charts = drawn()
    assert charts["loss"]["loss_raw"]["x"] == [step / 4 for step in range(8)]
    assert charts["loss"]["loss_raw"]["y"] == [point[1] for point in CURVE.points]
    assert charts["loss"]["loss_raw"]["customdata"] == list(range(1, 9))  # steps as the table has them
    assert charts["accuracy"]["val_accuracy"]["customdata"] == [4, 8]
    assert charts["loss"]["val_loss"]["y"] == [1.5, None]
    assert charts["accuracy"]["val_accuracy"]["x"] == [1.0, 2.0]
    assert charts["accuracy"]["train_accuracy"]["y"] == [0.4, 0.6]


def test_a_thinned_curve_has_its_band() -> None:
    buckets = RunPoints([[0, 2.0, 1.8, 2.2], [4, 1.0, 0.7, 1.4]], k=2, epochs=EPOCHS)
    band = drawn(buckets)["loss"]["loss_range"]
    assert band["y"] == [2.2, 1.4, 0.7, 1.8]  # along the top, and back below
    assert band["x"] == [1.5 / 4, 5.5 / 4, 5.5 / 4, 1.5 / 4]  # in the middle of each bucket


@pytest.mark.parametrize("mode", MODES)
def test_a_run_that_diverged_shows_its_few_steps_and_where_it_ended(mode: Mode) -> None:
    texts = Words("en").by_prefix("live")
    ended = CurveRun("a", "SGD · 10", steps_per_epoch=45, total_steps=450, guess=((0.0, 1.0), (2.3, 6.0)), ended_at=5)
    losses = RunPoints([[0, 2.3], [1, 7.3], [2, 7828.0], [3, 1.3e13], [4, None]])
    for figure in filled(training_figures(ended, [], texts, mode), [ended], {"a": losses}).values():
        go.Figure(figure)
        layout = figure["layout"]
        first, last = layout["xaxis"]["range"]
        assert first < 0 < 4 / 45 < last < 5 / 45
        assert layout["xaxis"]["ticktext"] == ["1", "2", "3", "4", "5"]
        assert layout["annotations"][0]["text"].startswith("Step 5:")
        assert (layout["shapes"][-1]["x0"], layout["shapes"][-1]["x1"]) == (4 / 45, 4 / 45)  # where step 5 begins
    loss = filled(training_figures(ended, [], texts, mode), [ended], {"a": losses})["loss"]
    assert loss["layout"]["yaxis"]["type"] == "log"
    assert {trace["meta"]["series"]: trace["x"][-1] for trace in loss["data"] if trace["x"]}["guess"] == 5 / 45
    late = CurveRun("a", "SGD · 10", steps_per_epoch=45, total_steps=450, ended_at=400)
    assert training_figures(late, [], texts, mode)["loss"]["layout"]["xaxis"]["range"][1] > 10


def test_a_mark_stands_where_the_rate_changed() -> None:
    layout = training_figures(MAIN, [], Words("en").by_prefix("live"), "light")["loss"]["layout"]
    assert [(shape["x0"], shape["label"]["text"]) for shape in layout["shapes"]] == [(1.5, "rate 0.00003")]


def test_smoothing_is_the_weighted_mean_of_all_before() -> None:
    values = list(np.random.default_rng(0).normal(size=20))
    for weight in (0.0, 0.6, 0.95):
        for i, mean in enumerate(smooth(values, weight)):
            weights = weight ** np.arange(i, -1, -1)
            assert mean == pytest.approx(np.average(values[: i + 1], weights=weights))
    assert smooth([1.0, None, 1.0], 0.6) == [1.0, None, 1.0]


@pytest.mark.parametrize("mode", MODES)
def test_every_role_stands_out_from_the_background(mode: Mode) -> None:
    """WCAG 2.2: 4.5 to 1 for text, 3 to 1 for graphics."""
    for role in COLORS[mode].keys() - {"background", "surface", "border"}:
        least = 4.5 if role in ("text", "ghost", "chance", "primary") else 3.0
        assert _contrast(color(role, mode), color("background", mode)) >= least, role


@pytest.mark.parametrize("mode", MODES)
def test_training_and_validation_differ_in_more_than_colour(mode: Mode) -> None:
    figures = training_figures(MAIN, [GHOST], Words("en").by_prefix("live"), mode)
    for figure in figures.values():
        looks = [
            (t["line"].get("dash"), t.get("marker", {}).get("symbol"))
            for t in figure["data"]
            if t.get("showlegend", True)
        ]
        assert all(one != other for one, other in combinations(looks, 2))


def test_the_font_is_that_of_the_pages_without_quotes() -> None:
    theme = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    assert theme["font"].replace("'", "") == house.FONT_FAMILY


def test_three_rows_of_legend_fit_below_the_axis_title() -> None:
    assert house.BOTTOM_PX - house.AXIS_TITLE_PX >= 3 * LEGEND_ROW_PX + 6
    style = (PROJECT / "core" / "ui" / "lab" / "live_chart" / "style.css").read_text()
    assert f"inset: 44px 12px {house.BOTTOM_PX}px 52px" in style


def test_the_plot_has_the_room_of_legend_rows_that_are_not_needed() -> None:
    texts, guessed = Words("en").by_prefix("live"), replace(MAIN, guess=((0.0, 1.0), (2.3, 0.1)))
    for run, ghosts, num_rows in ((MAIN, [], 1), (guessed, [], 2), (MAIN, [GHOST], 2), (guessed, [GHOST] * 3, 3)):
        for figure in training_figures(run, ghosts, texts, "light").values():
            base = figure["layout"]["template"]["layout"]
            legend_px = base["legend"]["y"] * figure["layout"]["height"]
            assert base["margin"]["b"] - legend_px == pytest.approx(house.AXIS_TITLE_PX)
            assert num_rows * LEGEND_ROW_PX < legend_px < (num_rows + 1) * LEGEND_ROW_PX


def test_the_presenters_chart_is_mostly_plot_on_a_small_projector() -> None:
    style = (PROJECT / "core" / "ui" / "lab" / "live_chart" / "style.css").read_text()
    figure = house.large(training_figures(MAIN, [GHOST], Words("en").by_prefix("live"), "light")["loss"])
    base = figure["layout"]["template"]["layout"]
    margin = base["margin"]
    assert base["font"]["size"] == house.FONT_PX * house.LARGE
    assert f"inset: {margin['t']}px {margin['r']:.0f}px {margin['b']}px {margin['l']:.0f}px" in style
    above = int(re.findall(r"100vh - (\d+)px", style)[0])
    assert 720 - above - margin["t"] - margin["b"] >= 200
    legend_px = margin["b"] - base["legend"]["y"] * figure["layout"]["height"]
    assert legend_px == pytest.approx(house.AXIS_TITLE_PX * house.LARGE)


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(value: str) -> float:
    channels = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_line_of_guessing_is_rounded_as_the_story_rounds_it() -> None:
    figure = training_figures(replace(MAIN, chance=1 / 8), [], Words("en").by_prefix("live"), "light")["accuracy"]
    line = figure["layout"]["shapes"][-1]
    assert (line["label"]["text"], line["y0"], line["y1"]) == ("guessing 13%", 1 / 8, 1 / 8)

"""Charts of several runs: axes are correct, and a band covers the range of its runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.charts import house
from core.charts.compare import AXES, Axis, ComparedRun, compare_figures, last_values
from core.charts.sweep import SweepPoint, sweep_figure
from core.content.plain import columns
from core.content.words import Words

TEXTS = Words("en").by_prefix("compare")


def a_run(run_id: str, losses: list[float | None], group: str = "g", seed: int = 0, **other: Any) -> ComparedRun:
    epochs = [{"step": 4 * n, "val_accuracy": 0.1 * n} for n in (1, 2)]
    values: dict[str, Any] = {"steps_per_epoch": 4, "images_per_epoch": 100, "step_s": 0.5} | other
    return ComparedRun(run_id, run_id, group, seed, [0.0, 2.0, 4.0, 6.0], losses, epochs, **values)


@pytest.mark.parametrize(("axis", "last"), [("epoch", 1.5), ("step", 6.0), ("images", 150.0), ("seconds", 3.0)])
def test_every_axis_measures_the_same_steps(axis: Axis, last: float) -> None:
    drawn = compare_figures([a_run("a", [2.0, 1.5, 1.0, 0.5])], axis, TEXTS, "light", band=False)
    assert drawn["loss"]["data"][0]["x"][-1] == pytest.approx(last)
    assert drawn["accuracy"]["data"][0]["x"][-1] == pytest.approx(last * 8 / 6)
    ends = [drawn[name]["layout"]["xaxis"]["autorangeoptions"]["include"] for name in ("loss", "accuracy")]
    assert ends == [pytest.approx(last * 8 / 6)] * 2
    assert set(AXES) == {"epoch", "step", "images", "seconds"}


def test_a_band_lies_between_its_runs() -> None:
    runs = [
        a_run("a", [2.0, 2.0, 2.0, 2.0]),
        a_run("b", [1.0, 1.0, 1.0, 1.0], seed=1),
        a_run("c", [3.0, 3.0, 3.0, 3.0], "h"),
    ]
    area, mean, alone = compare_figures(runs, "step", TEXTS, "light", band=True)["loss"]["data"]
    assert np.allclose(mean["y"], 1.5)
    half = len(area["y"]) // 2
    assert np.allclose(area["y"][:half], 2.0)
    assert np.allclose(area["y"][half:], 1.0)
    assert mean["name"] == "a · 2 seeds"
    assert np.allclose(alone["y"], 3.0)


def test_seeds_of_one_epoch_share_a_point_that_is_seen() -> None:
    runs = [replace(run, epochs=run.epochs[:1]) for run in (a_run("a", [2.0] * 4), a_run("b", [1.0] * 4, seed=1))]
    _, mean = compare_figures(runs, "epoch", TEXTS, "light", band=True)["accuracy"]["data"]
    assert (mean["x"], mean["y"], mean["mode"]) == ([1.0], [0.1], "lines+markers")


def test_six_runs_differ_by_their_markers_in_both_charts_for_eyes_that_see_no_colours() -> None:
    drawn = compare_figures([a_run(f"{n}", [2.0, 1.0]) for n in range(6)], "epoch", TEXTS, "dark", band=False)
    for figure in drawn.values():
        assert all("markers" in trace["mode"] for trace in figure["data"])
        assert len({trace["marker"]["symbol"] for trace in figure["data"]}) == 6
    assert not any(trace["cliponaxis"] for trace in drawn["accuracy"]["data"])  # nor is one at 0 % cut in half


def test_what_a_reader_wrote_is_shown_letter_by_letter() -> None:
    (trace,) = compare_figures([a_run("<br>a & b", [2.0, 1.0])], "step", TEXTS, "light", band=False)["loss"]["data"]
    assert trace["name"] == "&lt;br>a &amp; b"


def test_the_same_seed_twice_is_no_band() -> None:
    traces = compare_figures([a_run("a", [2.0, 1.0]), a_run("b", [2.0, 1.0])], "step", TEXTS, "light", band=True)
    assert [trace["name"] for trace in traces["loss"]["data"]] == ["a", "b"]


def test_a_run_without_a_point_and_a_lost_number_are_drawn_too() -> None:
    empty = ComparedRun("e", "e", "g", 1, [], [], [], steps_per_epoch=4, images_per_epoch=100, step_s=0.0)
    drawn = compare_figures([empty, a_run("a", [2.0, None, 1.0, 0.5])], "epoch", TEXTS, "dark", band=True)
    assert drawn["loss"]["data"][1]["x"] == []
    drawn = compare_figures([a_run("a", [2.0, None, 1.0, 0.5])], "epoch", TEXTS, "dark", band=False)
    assert drawn["loss"]["data"][0]["y"][1] is None


def test_each_run_has_a_line_of_the_legend_and_the_plot_its_height() -> None:
    layouts = [
        compare_figures([a_run(f"{n}", [2.0, 1.0]) for n in range(num_runs)], "epoch", TEXTS, "light", band=False)
        for num_runs in (2, 6)
    ]
    few, many = (figures["loss"]["layout"] for figures in layouts)
    assert few["height"] - few["margin"]["b"] == many["height"] - many["margin"]["b"]
    assert many["legend"]["y"] * many["height"] >= 6 * 20
    assert few["margin"]["b"] == many["margin"]["b"] - 4 * house.LEGEND_ROW_PX


@pytest.mark.parametrize("part", ["Learning rate: 0.001", "训练数据的比例：100%"])
def test_what_sets_many_runs_apart_is_cut_by_no_phone(part: str) -> None:
    runs = [a_run(f"{n} · " + " · ".join([part] * (n if n < 3 else 20)), [2.0, 1.0]) for n in range(1, 7)]
    figure = compare_figures(runs, "epoch", TEXTS, "light", band=False)["loss"]
    names = [trace["name"].split("<br>") for trace in figure["data"]]
    assert [len(lines) for lines in names] == [1, *[2] * 5]
    assert all(columns(line) <= house.LEGEND_COLUMNS for lines in names for line in lines)
    assert [lines[-1].endswith("…") for lines in names] == [False, False, *[True] * 4]
    layout = figure["layout"]
    assert layout["legend"]["y"] * layout["height"] >= sum(map(len, names)) * house.LEGEND_ROW_PX
    assert layout["legend"]["y"] < 0.5  # else Plotly draws no chart at all
    assert list(last_values(figure))[:2] == [run.label for run in runs[:2]]


def test_the_sweep_crosses_out_what_failed_and_rings_ones_own() -> None:
    points = [
        SweepPoint("a", 0.01, 0.97, "SGD", "a", mine=True, failed=False),
        SweepPoint("b", 0.1, 0.1, "SGD", "b", mine=False, failed=True),
        SweepPoint("c", 0.01, 0.3, "Adam", "c", mine=False, failed=False),
    ]
    traces = {trace["name"]: trace for trace in sweep_figure(points, TEXTS, "light")["data"]}
    assert traces["SGD"]["customdata"] == ["a", "b"]
    assert traces["Adam"]["x"] == [0.01]
    assert traces[TEXTS["failed"]]["x"] == [0.1]
    assert traces[TEXTS["mine"]]["y"] == [0.97]
    assert traces["SGD"]["hovertemplate"].startswith("%{text}<br>%{x} ·")  # d3's `g` makes 0.0100000 of 0.01
    assert traces["SGD"]["marker"]["symbol"] != traces["Adam"]["marker"]["symbol"]


@pytest.mark.parametrize(
    ("rates", "named", "unnamed"),
    [((0.001, 0.3), {"0.003", "0.03", "0.1"}, set()), ((1e-5, 10.0), {"0.001"}, {"0.003"})],
)
def test_the_sweep_names_threes_between_the_powers_of_ten_where_there_is_room(
    rates: tuple[float, ...], named: set[str], unnamed: set[str]
) -> None:
    points = [SweepPoint("a", rate, 0.5, "SGD", "a", mine=True, failed=False) for rate in rates]
    told = set(sweep_figure(points, TEXTS, "light")["layout"]["xaxis"]["ticktext"])
    assert named <= told
    assert not unnamed & told


def test_each_optimizer_of_a_sweep_has_a_line_of_the_legend_on_a_phone() -> None:
    points = [SweepPoint(name, 0.01, 0.9, name, name, mine=True, failed=True) for name in "abcdefg"]
    layout = sweep_figure(points, TEXTS, "light")["layout"]
    assert layout["legend"]["y"] * layout["height"] >= 9 * house.LEGEND_ROW_PX
    few = sweep_figure([], TEXTS, "light")["layout"]
    assert layout["height"] - layout["margin"]["b"] == few["height"] - few["margin"]["b"]


def test_below_the_sweep_ticks_title_and_legend_have_room_each() -> None:
    layout = sweep_figure([], TEXTS, "light")["layout"]
    title_px = layout["xaxis"]["title"]["standoff"]
    assert title_px >= 4 + house.SMALL_PX * 1.3 + 10  # tick, its label, and up from the title's line
    legend_px = layout["margin"]["b"] - layout["legend"]["y"] * layout["height"]
    assert legend_px == pytest.approx(house.AXIS_TITLE_PX)


def test_guessing_is_marked_at_the_level_of_the_classes_as_frequent_as_they_are() -> None:
    uneven = {"chance": 1 / 3, "chance_loss": 0.82}
    runs = [a_run("a", [2.0, 1.0], **uneven), a_run("b", [2.0, 1.0], **uneven)]
    drawn = compare_figures(runs, "epoch", TEXTS, "light", band=False)
    assert [drawn[name]["layout"]["shapes"][0]["y0"] for name in ("loss", "accuracy")] == [0.82, 1 / 3]
    runs[1] = replace(runs[1], chance_loss=1.0)
    drawn = compare_figures(runs, "epoch", TEXTS, "light", band=False)
    assert [len(drawn[name]["layout"]["shapes"]) for name in ("loss", "accuracy")] == [0, 1]


def test_of_unequal_classes_the_largest_is_marked() -> None:
    runs = [a_run(name, [2.0, 1.0], chance=1 / 3, largest=0.62) for name in "ab"]
    (line,) = compare_figures(runs, "epoch", TEXTS, "light", band=False)["accuracy"]["layout"]["shapes"]
    assert (line["y0"], line["label"]["text"]) == (0.62, "always the largest class")
    runs[1] = a_run("b", [2.0, 1.0], chance=0.62)
    assert compare_figures(runs, "epoch", TEXTS, "light", band=False)["accuracy"]["layout"]["shapes"] == []
    lines = sweep_figure([], TEXTS, "light", 1 / 3, 0.62)["layout"]["shapes"]
    assert [(line["y0"], line["label"]["text"]) for line in lines] == [
        (1 / 3, "guessing"), (0.62, "always the largest class")
    ]  # fmt: skip

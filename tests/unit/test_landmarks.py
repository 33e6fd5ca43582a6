"""The scale chart: which values are comparable, how fast they doubled, and that it draws what its table lists."""

from __future__ import annotations

import math

import plotly.graph_objects as go
import pytest

from core.charts.house import MODES, Mode
from core.charts.landmark_table import amount, slug
from core.charts.landmarks import LABELLED, all_evidence, opening_evidence
from core.config import RunConfig
from core.content.plain import columns
from core.content.words import Words, languages
from core.facts.tables import table
from core.survey import landmarks
from core.survey.fits import trend
from core.survey.landmarks import FILTERS, MEASURES, fits, in_view, is_estimated, is_mixture, standing

OWN = (2.965e11, "2026-11-23", "own_run")


def num_points(figure: dict[str, object]) -> int:
    """Markers that stand for a value, entries of the legend aside."""
    traces = [trace for trace in figure["data"] if "markers" in trace["mode"]]  # type: ignore[attr-defined]
    return sum(y is not None for trace in traces for y in trace["y"])


def test_the_counts_that_the_page_tells() -> None:
    assert len(table(landmarks.TABLE)) == 130
    assert len(in_view("compute")) == 104
    assert landmarks.num_estimates() == 92
    assert (landmarks.closed_models(), landmarks.closed_models(unsized=True)) == (18, 11)
    assert landmarks.dense_median(2021) == 207e9
    assert landmarks.dense_median(2024) == pytest.approx(72.7e9, rel=0.01)


def test_the_doubling_times_that_the_page_tells() -> None:
    rise = landmarks.compute_rise()
    assert rise.num_points == 66
    assert (rise.doubling_months, rise.low_months, rise.high_months) == pytest.approx((5.34, 4.69, 6.19), abs=0.01)
    assert fits("compute", "language_multimodal", 2018)[0].rise == rise
    size = landmarks.size_rise()
    assert size.num_points == 20
    assert size.low_months < size.doubling_months < size.high_months


def test_a_doubling_time_is_what_was_put_in() -> None:
    years = [2018 + n / 4 for n in range(20)]
    found = trend(years, [2 ** ((year - 2018) * 12 / 6) for year in years])
    assert found is not None
    assert found.doubling_months == pytest.approx(6)
    assert trend(years, [1.0 + n % 2 for n in range(20)]) is None


def test_the_powers_and_years_that_the_tour_tells() -> None:
    assert int(landmarks.powers_of_ten()) == 14
    assert round(landmarks.years_between()) == 27
    assert round(math.log10(landmarks.gpt3_in_runs(RunConfig()))) == 12


@pytest.mark.parametrize("measure", MEASURES)
def test_a_fit_is_of_one_field_of_comparable_points(measure: str) -> None:
    found = [fit for domain in FILTERS for fit in fits(measure, domain)]
    assert bool(found) == (measure != "cost")
    for fit in found:
        assert fit.domain in FILTERS[1:]
        assert len({row["domain"] for row in fit.rows}) <= 2
        assert measure != "parameters" or not any(is_mixture(row) for row in fit.rows)


def test_data_are_tokens_only() -> None:
    rows = in_view("data")
    assert len(rows) == 41
    assert {row["data_unit"] for row in rows} == {"tokens"}
    assert min(row["published"] for row in rows) >= "2020-05"


def test_an_estimate_is_told_by_the_column_not_by_the_row() -> None:
    gpt3 = table(landmarks.TABLE)["gpt_3_175b"]
    assert gpt3["estimate"] == "yes"
    assert not is_estimated(gpt3, "compute")
    assert is_estimated(gpt3, "cost")
    assert standing(gpt3, "parameters") == "reported"


@pytest.mark.parametrize(
    ("number", "seen"), [("depth_layers", "depth_checked"), ("training_tokens_or_images", "data_checked")]
)
def test_each_number_says_whether_it_was_seen_in_a_document(number: str, seen: str) -> None:
    for row in table(landmarks.TABLE).values():
        assert row[seen] in (("yes", "memory") if row[number] is not None else (None,)), row["key"]
        assert row[seen] != "yes" or row["checked_against"], row["key"]


def test_data_that_nobody_saw_in_a_document_are_told() -> None:
    models = table(landmarks.TABLE)
    assert standing(models["pangu_alpha_200b"], "data") == "unchecked"
    assert standing(models["gpt_3_175b"], "data") == "reported"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("lang", languages())
def test_the_chart_draws_what_its_table_lists(lang: str, mode: Mode) -> None:
    say = Words(lang)
    shown = [opening_evidence(say, mode, OWN)]
    shown += [
        all_evidence(say, mode, measure, domain)
        for measure in MEASURES
        for domain in FILTERS
        if in_view(measure, domain)
    ]
    shown.append(all_evidence(say, mode, "compute", own=OWN))
    for each in shown:
        go.Figure(each.figure)  # raises for any name or value that Plotly does not know
        assert num_points(each.figure) == len(each.rows)
        assert each.alt
        assert each.sources
        assert "CC BY 4.0" in each.licence


def test_the_opening_labels_twelve() -> None:
    figure = opening_evidence(Words("en"), "light", OWN).figure
    labels = [text for trace in figure["data"] for text in trace.get("text", []) if text]
    labels += [name["text"] for name in figure["layout"]["annotations"]]
    assert len(labels) == len(LABELLED) + 1 == 13
    hollow = [trace for trace in figure["data"] if trace["marker"]["symbol"].endswith("-open")]
    keys = [told[0] for trace in hollow for told in trace.get("customdata", [])]
    assert len(keys) == landmarks.num_estimates()


@pytest.mark.parametrize("lang", languages())
def test_every_name_of_the_legend_fits_its_column(lang: str) -> None:
    """As wide as `landmarks.LEGEND_ENTRY_PX`, so that none runs into the next mark or is cut at the end of its row."""
    say = Words(lang)
    charts = [opening_evidence(say, "light", OWN), *(all_evidence(say, "light", measure) for measure in MEASURES)]
    names = {trace["name"] for chart in charts for trace in chart.figure["data"] if trace.get("showlegend", True)}
    assert not [name for name in names if columns(name) > 10]


@pytest.mark.parametrize("lang", languages())
def test_every_name_of_the_facts_has_its_words(lang: str) -> None:
    say = Words(lang)
    for row in table(landmarks.TABLE).values():
        assert say(f"home.domain.{row['domain']}")
        assert say(f"home.card.architecture_{slug(row['architecture'])}")
        assert all(say(f"home.card.country_{slug(each)}") for each in row["country"].split("; "))
        assert all(amount(say, row, name) for name, column in MEASURES.items() if row[column] is not None)
        assert bool(row["note_en"]) == bool(row["note_zh"])


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("measure", MEASURES)
def test_the_table_names_no_axis(measure: str, language: str) -> None:
    """Its values are no logarithms."""
    say = Words(language)
    shown = all_evidence(say, "light", measure)
    assert shown.figure["layout"]["yaxis"]["title"]["text"] not in shown.rows[0]
    assert say(f"home.table.{measure}") in shown.rows[0]

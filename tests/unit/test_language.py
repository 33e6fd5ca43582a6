"""Language models: scores joined to models and tasks kept apart, the laws of the loss, and the forecast."""

from __future__ import annotations

import math

import plotly.graph_objects as go
import pytest

from core.charts.evidence import Evidence
from core.charts.house import MODES, Mode
from core.charts.language import mmlu_evidence
from core.charts.outlook import forecast_evidence
from core.charts.split import split_evidence
from core.charts.tasks import task_evidence
from core.content.words import Words, languages
from core.facts.tables import table
from core.survey import language, outlook
from core.survey.compute import tokens_for
from core.survey.computed import COMPUTED
from core.survey.fits import line
from core.survey.split import LAWS, LossLaw, budget_flop, law

GOPHER_BUDGET_FLOP = 5.76e23  # Hoffmann et al., table 3: what the three approaches are asked for


def evidences(say: Words, mode: Mode) -> list[Evidence]:
    charts = [mmlu_evidence(say, mode, axis) for axis in (language.COMPUTE, language.SIZE)]
    charts += [task_evidence(say, mode, task) for task in language.TASKS]
    for revealed in (False, True):
        charts.append(split_evidence(say, mode, tried_b=(70, 280), at_b=70, revealed=revealed))
        charts.append(forecast_evidence(say, mode, guesses=(1e12, 2e12), revealed=revealed))
    return charts


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("lang", languages())
def test_plotly_takes_the_charts_and_each_has_its_points_as_a_table(lang: str, mode: Mode) -> None:
    for shown in evidences(Words(lang), mode):
        go.Figure(shown.figure)
        assert shown.rows
        assert len({tuple(row) for row in shown.rows}) == 1
        assert shown.alt
        assert "{" not in shown.alt
        assert all(url.startswith("https://") for _, url in shown.sources)


@pytest.mark.parametrize(("lang", "size"), [("en", "405 billion parameters"), ("zh", "4050亿个参数")])
def test_a_hover_tells_amounts_as_a_reader_writes_them(lang: str, size: str) -> None:
    """d3's `.3s` makes 405G of 405 billion, its `.2e` 3.80e+25 of as many FLOP."""
    say = Words(lang)
    forecast = forecast_evidence(say, "light", (1e12, 2e12), revealed=True)
    models = {each[0]: each[1] for trace in forecast.figure["data"] for each in trace.get("customdata", [])}
    assert models["Llama 3.1-405B, 2024-07-23"] == size
    compute = mmlu_evidence(say, "light", language.COMPUTE)
    assert ["Llama 3.1-405B Instruct", "3.80 × 10²⁵"] in [
        each for trace in compute.figure["data"] for each in trace["customdata"]
    ]
    for shown in evidences(say, "light"):
        hovers = [trace.get("hovertemplate", "") for trace in shown.figure["data"]]
        assert not any(f"{kind}}}" in hover for hover in hovers for kind in ("s", "e"))


def test_every_mmlu_score_names_its_model_but_one() -> None:
    rows = [row for row in table("nlp_benchmarks").values() if row["benchmark"] == "MMLU"]
    assert [row["model"] for row in rows if row["landmark_key"] is None] == ["Phi-4 (14B)"]
    assert all(row["landmark_key"] in table("landmark_models") for row in rows if row["landmark_key"])
    assert (len(rows), len(language.mmlu(language.COMPUTE)), len(language.mmlu_with_both())) == (18, 15, 12)


def test_compute_orders_the_scores_better_than_size() -> None:
    assert language.mmlu_spearman(language.COMPUTE) == pytest.approx(0.81, abs=0.005)
    assert language.mmlu_spearman(language.SIZE) == pytest.approx(0.54, abs=0.005)
    assert language.mmlu_spearman(language.COMPUTE, dense_only=True) > 0.9
    assert language.mmlu_spearman(language.SIZE, dense_only=True) < 0.3


def test_chat_models_are_told_apart() -> None:
    tuned = {each.score["model"] for each in language.mmlu() if each.is_tuned}
    assert tuned == {"Claude 2", "Llama 3-70B Instruct", "Llama 3.1-405B Instruct", "DeepSeek-V3"}


def test_a_score_at_an_estimated_compute_is_hollow_and_its_row_says_so() -> None:
    say = Words("en")
    shown = mmlu_evidence(say, "light", language.COMPUTE)
    full = {
        told[0]
        for trace in shown.figure["data"]
        for told, fill in zip(trace["customdata"], trace["marker"]["color"], strict=True)
        if fill == trace["marker"]["line"]["color"]
    }
    sure = {row[say("language.table.model")] for row in shown.rows if not row[say("language.table.estimated")]}
    assert full == sure == {
        "GPT-3 175B", "Gopher (280B)", "Chinchilla (70B)", "PaLM (540B)", "Llama 3.1-405B Instruct"
    }  # fmt: skip


def test_the_splits_tokens_and_losses_by_hand() -> None:
    shown = split_evidence(Words("en"), "light", tried_b=(70, 280), at_b=70, revealed=True)
    assert [tuple(row.values())[:2] for row in shown.rows] == [(70, 1.371), (280, 0.343), (32.2, 2.982), (72.2, 1.329)]
    for trace in shown.figure["data"]:
        assert [float(each) for each in trace["customdata"]] == pytest.approx([96 / x for x in trace["x"]], rel=0.005)
    by_chinchilla = 1.69 + 406.4 / 70e9**0.34 + 410.7 / (5.76e23 / 6 / 70e9) ** 0.28
    assert shown.figure["data"][0]["y"][0] == pytest.approx(by_chinchilla)


def test_medians_and_ratios_are_those_of_the_table() -> None:
    assert language.tokens_per_parameter(2021) == pytest.approx(300 / 280)  # Gopher's, the middle one of seven
    assert language.tokens_per_parameter(2024) == pytest.approx(154.4, abs=0.1)
    assert COMPUTED["dense_median_2021"].value() == 207e9
    assert language.token_ratio("chinchilla_70b", "gopher_280b") == pytest.approx(1400 / 300)
    assert language.months_to_human("glue") == 13


@pytest.mark.parametrize("task", language.TASKS)
def test_a_task_joins_single_systems_of_one_kind_of_test_only(task: str) -> None:
    rows = language.task_rows(task)
    assert "development set" not in {row["setting"] for row in rows}
    assert {language.task_kind(row) for row in language.best_so_far(rows)} == {"single"}
    assert len({row["metric"] for row in rows}) == 1
    assert len({row["human_baseline"] for row in rows}) == 1


def test_only_two_of_the_tasks_have_a_human_line() -> None:
    human = {task for task in language.TASKS if language.task_rows(task)[0]["human_baseline"] is not None}
    assert human == {"glue", "superglue"}


def test_a_loss_is_the_sum_of_its_three_terms() -> None:
    by_hand = LossLaw(floor=2.0, a=100.0, b=1000.0, alpha=0.5, beta=0.5)
    assert by_hand.loss(1e4, 1e6) == pytest.approx(2.0 + 1.0 + 1.0)
    assert by_hand.best_num_parameters(6e10) == pytest.approx(0.1 * 1e5)  # G = (a / b)^1, times sqrt(C / 6)


@pytest.mark.parametrize(
    ("name", "num_parameters", "num_tokens"), [("chinchilla", 32e9, 3.0e12), ("replication", 72e9, 1.33e12)]
)
def test_the_best_split_of_chinchillas_budget(name: str, num_parameters: float, num_tokens: float) -> None:
    best = law(name).best_num_parameters(GOPHER_BUDGET_FLOP)
    assert best == pytest.approx(num_parameters, rel=0.02)
    assert tokens_for(best, GOPHER_BUDGET_FLOP) == pytest.approx(num_tokens, rel=0.02)
    assert budget_flop() == GOPHER_BUDGET_FLOP


@pytest.mark.parametrize("name", LAWS)
def test_no_other_split_has_less_loss(name: str) -> None:
    best = law(name).best_num_parameters(budget_flop())
    least = law(name).loss_at(best, budget_flop())
    assert all(law(name).loss_at(best * times, budget_flop()) > least for times in (0.5, 0.95, 1.05, 2))


def test_a_straight_line_is_found_with_no_error() -> None:
    found = line([2000, 2001, 2002, 2003], [1, 10, 100, 1000])
    assert found.at(2005) == pytest.approx(1e5)
    assert found.r_squared == pytest.approx(1)
    assert found.interval(2005) == pytest.approx((1e5, 1e5), rel=1e-6)


def test_an_interval_by_hand() -> None:
    """Powers 0, 1, 1, 2 at 0 to 3: slope 0.6, residual variance 0.1; at 1.5 the error is sqrt(0.1 * 1.25)."""
    found = line([0, 1, 2, 3], [1, 10, 10, 100])
    low, high = found.interval(1.5)
    assert found.slope == pytest.approx(0.6)
    assert found.residual**2 == pytest.approx(0.1)
    assert high / low == pytest.approx(10 ** (2 * 4.303 * 0.125**0.5), rel=0.1)  # Student's t with 2 degrees
    low_later, high_later = found.interval(3.5)  # two years from the middle: sqrt(0.1 * (1.25 + 2**2 / 5))
    times = math.log10(high_later / low_later) / math.log10(high / low)
    assert times == pytest.approx((2.05 / 1.25) ** 0.5)


def test_the_forecast_of_mid_2021_missed() -> None:
    assert outlook.past_line().num_points == 19
    assert outlook.forecast() == pytest.approx(8e13, rel=0.05)
    assert outlook.times_off(outlook.forecast()) == pytest.approx(202, rel=0.01)
    assert outlook.times_off(outlook.forecast(dense_only=True)) == pytest.approx(6, rel=0.01)
    low, high = outlook.interval()
    assert low < outlook.held_against().number("parameters") < high


def test_nothing_after_mid_2021_is_drawn_before_the_reveal() -> None:
    shown = forecast_evidence(Words("en"), "light", guesses=(1e12, 1e12), revealed=False)
    models = [trace for trace in shown.figure["data"] if trace["name"] != "Your forecast"]
    assert max(year for trace in models for year in trace["x"]) < 2021.5
    assert len(shown.rows) == 19 + 2

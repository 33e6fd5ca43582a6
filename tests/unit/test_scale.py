"""The Scale page's calculators against published figures and hand calculations."""

from __future__ import annotations

import pytest

from core.charts.evidence import Evidence
from core.charts.house import MODES
from core.charts.scale import VIEWS, View, chips_evidence, released_chips, roofline_evidence
from core.charts.scale_calculators import gigabytes, laws_evidence, memory_evidence
from core.content.plain import columns
from core.content.words import Words, languages
from core.facts.tables import table
from core.survey.compute import (
    cost_usd,
    energy_mwh,
    preset_rows,
    published_flop_ratio,
    training_chips,
    training_flop,
    training_seconds,
)
from core.survey.memory import RECIPES, STAGES, activation_bytes, training_memory, width
from core.survey.roofline import INTENSITIES, attainable_tflops, flop_per_byte
from core.survey.scale import gpt_3_days
from core.survey.scaling import GOPHER_FLOP, LAWS, growth, optimum

CHIPS = table("accelerators")
SAY = Words("en")
LAW_HEADS = tuple(f"table.{name}" for name in ("law", "parameters", "tokens", "tokens_each", "growth"))


def test_gpt_3_takes_the_published_compute() -> None:
    assert training_flop(175e9, 300e9) == pytest.approx(3.15e23)
    assert training_flop(175e9, 300e9) == pytest.approx(3.14e23, rel=0.02)


def test_gpt_3_takes_29_days_on_1000_a100_at_40_percent() -> None:
    seconds = training_seconds(training_flop(175e9, 300e9), 312, 1000, 0.4)
    assert seconds / 86_400 == pytest.approx(29.2, abs=0.1)
    assert gpt_3_days() == pytest.approx(seconds / 86_400)
    assert energy_mwh(seconds, 1000, 400) == pytest.approx(280.4, abs=0.1)  # 701.1 hours of 0.4 MW


def test_deepseek_v3_costs_what_its_authors_say() -> None:
    assert cost_usd(2.788e6 * 3600, 1, 2.0) == pytest.approx(5.576e6)


def test_the_models_to_load_come_near_to_6nd_and_a_mixture_of_experts_does_not() -> None:
    for row in preset_rows():
        assert "training_compute_flop" not in (row["estimated_fields"] or "")
        assert row["architecture"] == "transformer"
        assert published_flop_ratio(row["key"]) == pytest.approx(1, abs=0.21)
    assert published_flop_ratio("deepseek_v3") == pytest.approx(6 * 671e9 * 14.8e12 / 3.408e24)


def test_seven_billion_parameters_need_112_gb() -> None:
    assert training_memory(RECIPES["adam_mixed"], 7e9, 0, 1, 0.0).total == pytest.approx(112e9)
    assert {name: each.total for name, each in RECIPES.items()} == {
        "adam_mixed": 16, "adam_float32": 16, "momentum_mixed": 12, "adam_8bit": 10, "adam_bfloat16": 8,
    }  # fmt: skip


def test_zero_shares_out_as_its_paper_says() -> None:
    """Figure 1 of arXiv 1910.02054: 7.5e9 parameters on 64 processors."""
    totals = [training_memory(RECIPES["adam_mixed"], 7.5e9, stage, 64, 0.0).total / 1e9 for stage in STAGES]
    assert totals == pytest.approx([120, 31.4, 16.6, 1.9], abs=0.05)


def test_activations_of_gpt_3() -> None:
    """The paper's width is 12,288; with 2,048 tokens the attention term 5as/h is 80 (arXiv 2205.05198)."""
    assert width(175e9, 96) == pytest.approx(12_288, rel=0.01)
    wide = width(175e9, 96)
    assert activation_bytes(175e9, 96, 2048, 1, "all") == pytest.approx(96 * 2048 * wide * (34 + 80))
    assert activation_bytes(175e9, 96, 2048, 1, "selective") == pytest.approx(96 * 2048 * wide * 34)
    assert activation_bytes(175e9, 96, 2048, 2, "full") == pytest.approx(96 * 2048 * 2 * wide * 2)


@pytest.mark.parametrize(
    ("law", "parameters", "tokens"),
    [
        ("kaplan_compute_optimal_allocation", 1.3e9 * (5.76e23 / 8.64e19) ** 0.73, 1.19e11),
        ("chinchilla_approach_1", 67e9, 1.43e12),
        ("chinchilla_approach_2", 67e9 * (5.76 / 6.88) ** 0.49, 1.56e12),
        ("chinchilla_parametric_loss_approach_3", 32.2e9, 2.98e12),
        ("chinchilla_approach_3_unrounded", 40.3e9, 2.38e12),
        ("chinchilla_replication", 72.2e9, 1.33e12),
        ("data_constrained_scaling", (521 / 1488) ** (1 / 0.706) * (5.76e23 / 6) ** 0.5, 1.37e12),
        ("twenty_tokens_a_parameter", (5.76e23 / 120) ** 0.5, 20 * (5.76e23 / 120) ** 0.5),
    ],
)
def test_a_law_gives_its_hand_calculation_for_gophers_budget(law: str, parameters: float, tokens: float) -> None:
    split = optimum(law, GOPHER_FLOP)
    assert split.parameters == pytest.approx(parameters, rel=0.005)
    assert split.tokens == pytest.approx(tokens, rel=0.005)
    assert 6 * split.parameters * split.tokens == pytest.approx(GOPHER_FLOP)


@pytest.mark.parametrize("law", ["chinchilla_parametric_loss_approach_3", "chinchilla_replication"])
def test_a_parametric_optimum_has_the_least_loss(law: str) -> None:
    row = table("scaling_laws")[law]

    def loss(parameters: float) -> float:
        tokens = GOPHER_FLOP / 6 / parameters
        return float(row["A"] / parameters ** row["alpha"] + row["B"] / tokens ** row["beta"])

    best = optimum(law, GOPHER_FLOP).parameters
    assert loss(best) < min(loss(0.98 * best), loss(1.02 * best))


def test_laws_grow_by_their_exponents() -> None:
    assert growth("kaplan_compute_optimal_allocation", 1e24) == pytest.approx(10**0.73)
    assert growth("chinchilla_parametric_loss_approach_3", 1e24) == pytest.approx(10 ** (0.28 / 0.62))
    assert growth("twenty_tokens_a_parameter", 1e24) == pytest.approx(10**0.5)


def test_flop_per_byte_has_grown() -> None:
    keys = ("tesla_p100_sxm2", "a100_sxm_80_gb", "h100_sxm5")
    assert [round(flop_per_byte(CHIPS[key])) for key in keys] == [29, 153, 295]


def test_the_roof_is_a_slope_and_a_ceiling() -> None:
    chip = CHIPS["h100_sxm5"]
    assert attainable_tflops(chip, 1.0) == pytest.approx(3.35)
    assert attainable_tflops(chip, flop_per_byte(chip)) == pytest.approx(989.4)
    assert attainable_tflops(chip, INTENSITIES["large_product"]) == 989.4


def test_the_number_of_chips_drawn_and_the_unit_of_memory() -> None:
    assert len(released_chips()) == 27
    assert len(training_chips()) == 28
    assert [gigabytes(each) for each in (112e9, 2.8e12, 999.9e9)] == ["112 GB", "2.8 TB", "1 TB"]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("mode", MODES)
def test_every_chart_tells_its_points(language: str, mode: str) -> None:
    say = Words(language)
    charts = [chips_evidence(say, mode, view) for view in VIEWS]
    charts += [roofline_evidence(say, mode, key) for key in ("h100_sxm5", "tpu_v4")]
    charts += [memory_evidence(say, mode, "adam_mixed", 7e9, 8, 1e10, "h100_sxm5")]
    charts += [laws_evidence(say, mode, flop) for flop in (1e18, GOPHER_FLOP, 3.8e25)]
    for chart in charts:
        assert chart.rows
        assert chart.alt
        assert all(url.startswith("http") for _, url in chart.sources)
    assert len(charts[6].rows) == len(LAWS) + 2  # Gopher and Chinchilla


def columns_of(shown: Evidence, *heads: str) -> list[tuple[object, ...]]:
    """These columns of a chart's table."""
    return [tuple(row[SAY(f"scale.{head}")] for head in heads) for row in shown.rows]


def test_the_tables_hold_the_hand_calculations() -> None:
    memory = memory_evidence(SAY, "light", "adam_mixed", 7.5e9, 64, 2e9, "h100_sxm5")
    assert [tuple(row.values())[1:] for row in memory.rows] == [
        (15, 15, 90, 2), (15, 15, 1.406, 2), (15, 0.2344, 1.406, 2), (0.2344, 0.2344, 1.406, 2)
    ]  # fmt: skip
    assert memory.figure["data"][-1]["text"] == [" 122 GB", " 33.4 GB", " 18.6 GB", " 3.88 GB"]
    laws = columns_of(laws_evidence(SAY, "light", GOPHER_FLOP), *LAW_HEADS)
    assert ("Approach 3, as printed", 3.22e10, 2.98e12, 92.6, "2.8") in laws
    assert laws[-2:] == [("Gopher (280B)", 2.8e11, 3e11, 1.07, ""), ("Chinchilla (70B)", 7e10, 1.4e12, 20.0, "")]
    roof = roofline_evidence(SAY, "light", "h100_sxm5")
    assert columns_of(roof, "table.intensity", "table.reached", "table.share") == [
        (0.17, 0.56, 0.1), (1, 3.35, 0.3), (64, 214.4, 21.7), (1365.33, 989.4, 100)
    ]  # fmt: skip


def test_an_accelerators_growth_is_against_the_first() -> None:
    shown = chips_evidence(SAY, "light", "growth")
    pairs, speeds, bandwidths = ([*zip(trace["x"], trace["y"], strict=True)] for trace in shown.figure["data"])
    a100 = [pairs.index(pair) for pair in pairs if pair[0] == "2020-05-14"]
    assert speeds[0] == bandwidths[0] == ("2016-04-05", 1)
    assert [pairs[at][1] for at in a100] == pytest.approx([312 / 21.2, 1555 / 732])
    assert [y for x, y in (*speeds, *bandwidths) if x == "2020-05-14"] == [pairs[at][1] for at in a100]


def test_no_hover_writes_thousands_as_powers() -> None:
    """d3's `.3g` makes 2.10e+3 of 2100 GB."""
    say = Words("en")
    charts = [memory_evidence(say, "light", "adam_mixed", 175e9, 8, 1e10, "h100_sxm5")]
    charts += [roofline_evidence(say, "light", "b200_hgx")]
    hovers = [trace.get("hovertemplate", "") for chart in charts for trace in chart.figure["data"]]
    assert sum(":.3~r}" in hover for hover in hovers) == 5
    assert not any("g}" in hover for hover in hovers)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("flop", [1e18, GOPHER_FLOP, 3.8e25])
def test_the_laws_words_fit_their_margin_in_a_saved_picture(language: str, flop: float) -> None:
    """It is without the page's font: in a common one each letter takes up to 5.75 pixels, a Chinese one 12."""
    layout = laws_evidence(Words(language), "light", flop).figure["layout"]
    lines = [line for text in layout["yaxis"]["ticktext"] for line in text.split("<br>")]
    assert layout["margin"]["l"] >= 4 + max(5.75 * columns(line) for line in lines)


def test_ticks_are_whole_numbers_with_a_thin_space() -> None:
    """Plotly makes 10k of 10 000, beside bars that say 10 TB."""
    say = Words("en")
    memory = memory_evidence(say, "light", "adam_mixed", 1e12, 8, 1e10, "h100_sxm5").figure["layout"]
    roof = roofline_evidence(say, "light", "b200_hgx").figure["layout"]
    for axis in (memory["xaxis"], roof["xaxis"], roof["yaxis"]):
        assert (axis["exponentformat"], axis["separatethousands"]) == ("none", True)
    assert memory["template"]["layout"]["separators"] == ".\u202f"


@pytest.mark.parametrize("view", VIEWS)
def test_a_hollow_mark_is_a_third_partys_figure(view: View) -> None:
    traces = [trace for trace in chips_evidence(Words("en"), "light", view).figure["data"] if "customdata" in trace]
    for trace in traces:
        symbols = zip(trace["customdata"], trace["marker"]["symbol"], strict=True)
        assert [told[0] for told, symbol in symbols if symbol.endswith("-open")] == ["Ascend 910C"]


@pytest.mark.parametrize("language", languages())
def test_the_laws_change_places_with_the_budget_and_the_picture_is_told_so(language: str) -> None:
    say = Words(language)
    kaplan, third = (
        say("scale.law.kaplan_compute_optimal_allocation"),
        say("scale.law.chinchilla_parametric_loss_approach_3"),
    )
    small, large = (laws_evidence(say, "light", flop).alt for flop in (1e18, GOPHER_FLOP))
    assert kaplan in small
    assert third not in small
    assert large.index(third) < large.index(kaplan)

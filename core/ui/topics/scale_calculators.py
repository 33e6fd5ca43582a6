"""The calculators of the page on scale: a training's compute, time, energy and cost; its memory; the best size."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from core.charts.scale_calculators import gigabytes, laws_evidence, memory_evidence
from core.content.numbers import number_text, power_text
from core.content.words import Words
from core.facts.tables import Row, table
from core.survey import compute
from core.survey.compute import preset_rows, training_chips
from core.survey.memory import KEPT_ACTIVATIONS, RECIPES, activation_bytes, training_memory
from core.ui.address import addressed_choice
from core.ui.evidence import evidence
from core.ui.tables import draw_table
from core.ui.topic import TEXT_PX, Topic
from core.ui.topics import scale_settings as stops
from core.ui.topics.scale_settings import CALCULATORS, Settings, slider, take_model

INPUTS_TO_RESULTS = (2, 3)  # shares of the width
HOURS_SHOWN = 48  # below that a time is told in hours
YEARS_SHOWN = 2
DAYS_PER_YEAR = 365.25
TRAINING_LATEX = (
    r"\begin{array}{ll} C = 6\,N\,D & \quad t = C\,/\,(n\,P\,u) \\ E = n\,W\,t & \quad K = n\,t\,p \end{array}"
)
MEMORY_LATEX = (
    r"\begin{aligned} M ={} & N\,(w + g + o) \\ & + L\,s\,b\,h\,\left(34 + \frac{5\,a\,s}{h}\right) \end{aligned}"
)
OPTIMUM_LATEX = (
    r"\begin{aligned} N_{opt} &= G\left(\frac{C}{6}\right)^{\frac{\beta}{\alpha+\beta}}, \quad "
    r"D_{opt} = \frac{C}{6\,N_{opt}} \\ "
    r"G &= \left(\frac{\alpha A}{\beta B}\right)^{\frac{1}{\alpha+\beta}} \end{aligned}"
)
LAWS = ("chinchilla_approach_1", "chinchilla_parametric_loss_approach_3", "twenty_tokens_a_parameter")


def calculators(topic: Topic, chosen: Settings) -> None:
    """One calculator at a time, for a model that one click fills in."""
    say = topic.say
    which = addressed_choice("scale_calculator", CALCULATORS, CALCULATORS[0])
    st.segmented_control(
        say("scale.calculator"), CALCULATORS, format_func=lambda each: say(f"scale.calculators.{each}"),
        key="scale_calculator", required=True, label_visibility="collapsed",
    )  # fmt: skip
    _presets(say)
    st.markdown(topic.page.text(which), width=TEXT_PX)
    {"training": _training, "memory": _memory, "optimum": _optimum}[which](say, chosen)


def _presets(say: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(say("scale.presets"), width="content")
        for row in preset_rows():
            st.button(row["name"], key=f"scale_preset_{row['key']}", on_click=take_model, args=(row["key"],))


def _training(say: Words, chosen: Settings) -> None:
    inputs, results = st.columns(INPUTS_TO_RESULTS, gap="large")
    with inputs:
        _size_sliders(say)
        slider(
            say("scale.input.tokens"), "scale_d", stops.token_stops(), partial(_count, say), help=say("scale.hint.d")
        )
        _chip_inputs(say)
        slider(
            say("scale.input.utilisation"),
            "scale_use",
            stops.UTILISATIONS,
            "{}%".format,
            help=say("scale.hint.utilisation"),
        )
        slider(
            say("scale.input.price"), "scale_price", stops.PRICES_USD, "{:g} USD".format, help=say("scale.hint.price")
        )
    with results:
        _training_results(say, chosen)
        st.latex(TRAINING_LATEX)
        st.caption(say("scale.symbols.training"))  # fmt: skip


def _training_results(say: Words, chosen: Settings) -> None:
    flop = compute.training_flop(chosen.parameters, chosen.tokens)
    seconds, chip = _seconds(chosen), chosen.accelerator
    energy = compute.energy_mwh(seconds, chosen.chips, chip["tdp_w"]) if chip["tdp_w"] else None
    cost = compute.cost_usd(seconds, chosen.chips, chosen.price_usd)
    left, right = st.columns(2)
    left.metric(say("scale.result.flop"), f"{power_text(flop, 3)} FLOP")
    right.metric(say("scale.result.time"), _time(say, seconds))
    left.metric(
        say("scale.result.energy"), say("scale.result.none") if energy is None else _energy(energy),
        help=say("scale.hint.no_power" if energy is None else "scale.hint.energy", chip=chip["name"]),
    )  # fmt: skip
    right.metric(say("scale.result.cost"), f"{_money(say, cost)} USD", help=say("scale.hint.price"))
    if model := chosen.model:
        published = model.number("training_compute_flop")
        st.markdown(
            say(
                "scale.published", model=model["name"], flop=power_text(published, 3), url=model["source_url"],
                percent=f"{100 * flop / published:.0f}",
            )
        )  # fmt: skip
    draw_table(say, _what_if(say, chosen), "what_if", say("scale.what_if.label"), prose=True)


def _what_if(say: Words, chosen: Settings) -> list[dict[str, str | float | None]]:
    """The same training on twice the chips, with and without a loss of utilisation, and at peak speed."""
    less = chosen.utilisation_percent * 3 / 4
    cases = {
        "as_set": chosen,
        "twice": replace(chosen, chips=2 * chosen.chips),
        "twice_less": replace(chosen, chips=2 * chosen.chips, utilisation_percent=less),
        "peak": replace(chosen, utilisation_percent=100),
    }
    head = [say(f"scale.what_if.{name}") for name in ("case", "chips", "utilisation", "time", "cost")]
    rows = list[dict[str, str | float | None]]()
    for name, case in cases.items():
        seconds = _seconds(case)
        cost = compute.cost_usd(seconds, case.chips, case.price_usd)
        cells = (number_text(case.chips), f"{case.utilisation_percent:g}%", _time(say, seconds), _money(say, cost))
        rows.append(dict(zip(head, (say(f"scale.what_if.{name}"), *cells), strict=True)))
    return rows


def _seconds(chosen: Settings) -> float:
    return compute.training_seconds(
        compute.training_flop(chosen.parameters, chosen.tokens),
        chosen.accelerator.number("peak_tflops_16bit_dense"), chosen.chips, chosen.utilisation_percent / 100,
    )  # fmt: skip


def _memory(say: Words, chosen: Settings) -> None:
    activations = activation_bytes(chosen.parameters, chosen.layers, chosen.sequence, chosen.batch, chosen.kept)
    inputs, results = st.columns(INPUTS_TO_RESULTS, gap="large")
    with inputs:
        _size_sliders(say)
        st.selectbox(
            say("scale.input.recipe"),
            list(RECIPES),
            format_func=lambda each: _recipe(say, each),
            key="scale_recipe",
            help=say("scale.hint.recipe"),
        )
        _chip_inputs(say)
        with st.popover(say("scale.input.activations"), icon=":material/tune:"):
            slider(say("scale.input.layers"), "scale_layers", stops.LAYERS, str)
            slider(say("scale.input.sequence"), "scale_sequence", stops.SEQUENCES, number_text)
            slider(say("scale.input.batch"), "scale_batch", stops.BATCHES, str)
            st.selectbox(say("scale.input.kept"), list(KEPT_ACTIVATIONS), key="scale_kept",
                         format_func=lambda each: say(f"scale.kept.{each}"))  # fmt: skip
    with results:
        before = training_memory(RECIPES[chosen.recipe], chosen.parameters, 0, 1, 0.0)
        st.markdown(say("scale.memory.before", total=gigabytes(before.total), activations=gigabytes(activations)))
        evidence(
            say,
            "memory",
            memory_evidence,
            recipe=chosen.recipe,
            parameters=chosen.parameters,
            chips=chosen.chips,
            activations=activations,
            chip=chosen.chip,
        )
        st.latex(MEMORY_LATEX)
        st.caption(say("scale.symbols.memory"))  # fmt: skip


def _optimum(say: Words, chosen: Settings) -> None:
    slider(
        say("scale.input.budget"), "scale_budget", stops.budget_stops(), lambda value: f"{power_text(value, 3)} FLOP"
    )
    evidence(say, "laws", laws_evidence, flop=chosen.budget_flop)
    with st.expander(say("scale.laws.formulas")):
        for key in LAWS:
            st.markdown(say(f"scale.laws.about.{key}"))
            st.latex(table("scaling_laws")[key]["formula_latex"])
        st.latex(OPTIMUM_LATEX)


def _size_sliders(say: Words) -> None:
    slider(say("scale.input.parameters"), "scale_n", stops.parameter_stops(), partial(_count, say))


def _chip_inputs(say: Words) -> None:
    chips = training_chips()
    st.selectbox(say("scale.input.chip"), list(chips), format_func=lambda key: _chip(chips[key]), key="scale_chip")
    slider(say("scale.input.chips"), "scale_chips", stops.CHIP_COUNTS, number_text)


def _chip(row: Row) -> str:
    return f"{row['name']} · {row['peak_tflops_16bit_dense']:g} TFLOP/s"


def _recipe(say: Words, key: str) -> str:
    each = RECIPES[key]
    parts = f"{each.weights} + {each.gradients} + {each.optimizer} = {each.total}"
    return say("scale.recipe_bytes", recipe=say(f"scale.recipe.{key}"), bytes=parts)


def _count(say: Words, value: float) -> str:
    return number_text(float(f"{value:.4g}"), "count", say.language)


def _money(say: Words, usd: float) -> str:
    return number_text(float(f"{usd:.3g}"), "count", say.language)


def _three(value: float) -> str:
    return number_text(float(f"{value:.3g}"))


def _time(say: Words, seconds: float) -> str:
    hours, days = seconds / compute.SECONDS_PER_HOUR, seconds / compute.SECONDS_PER_DAY
    if hours < HOURS_SHOWN:
        return say("scale.time.hours", n=_three(hours))
    if days < YEARS_SHOWN * DAYS_PER_YEAR:
        return say("scale.time.days", n=_three(days))
    return say("scale.time.years", n=_three(days / DAYS_PER_YEAR))


def _energy(mwh: float) -> str:
    return f"{_three(mwh / 1000)} GWh" if mwh >= 1000 else f"{_three(mwh)} MWh"

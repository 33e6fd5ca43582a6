"""The training calculator: compute, time, energy and cost, and what more chips would change."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from core.content.numbers import number_text, power_text
from core.content.words import Words
from core.survey import compute
from core.ui.tables import draw_table
from core.ui.topics import scale_settings as stops
from core.ui.topics.scale_settings import INPUTS_TO_RESULTS, Settings, slider

HOURS_SHOWN = 48  # shorter times are given in hours
YEARS_SHOWN = 2
RESULT_PX = 280  # room for the longest on one line
DAYS_PER_YEAR = 365.25
FORMULAS = r"\begin{array}{ll} C = 6\,N\,D & \quad t = C\,/\,(n\,P\,u) \\ E = n\,W\,t & \quad K = n\,t\,p \end{array}"


def training(say: Words, chosen: Settings) -> None:
    """Sliders next to their results."""
    inputs, results = st.columns(INPUTS_TO_RESULTS, gap="large")
    with inputs:
        stops.size_slider(say)
        slider(
            say("scale.input.tokens"),
            "scale_d",
            stops.token_stops(),
            partial(stops.count_text, say),
            help=say("scale.hint.d"),
        )
        stops.chip_inputs(say)
        slider(
            say("scale.input.utilisation"),
            "scale_use",
            stops.UTILISATIONS,
            "{}%".format,
            help=say("scale.hint.utilisation"),
        )
        slider(
            say("scale.input.price"), "scale_price", stops.PRICES_USD,
            lambda usd: say("scale.result.usd", n=f"{usd:g}"), help=say("scale.hint.price"),
        )  # fmt: skip
    with results:
        _training_results(say, chosen)
        st.latex(FORMULAS)
        st.caption(say("scale.symbols.training"))


def _training_results(say: Words, chosen: Settings) -> None:
    flop = compute.training_flop(chosen.parameters, chosen.tokens)
    seconds, chip = _seconds(chosen), chosen.accelerator
    energy = compute.energy_mwh(seconds, chosen.chips, chip["tdp_w"]) if chip["tdp_w"] else None
    cost = compute.cost_usd(seconds, chosen.chips, chosen.price_usd)
    with st.grid(2, min_column_width=RESULT_PX):
        st.metric(say("scale.result.flop"), f"{power_text(flop, 3)} FLOP")
        st.metric(say("scale.result.time"), _time(say, seconds))
        st.metric(
            say("scale.result.energy"), say("scale.result.none") if energy is None else _energy(energy),
            help=say("scale.hint.no_power" if energy is None else "scale.hint.energy", chip=chip["name"]),
        )  # fmt: skip
        st.metric(say("scale.result.cost"), say("scale.result.usd", n=_money(say, cost)), help=say("scale.hint.price"))
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
    """The same training with twice the chips, with and without a loss of utilisation, and at peak speed."""
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


def _money(say: Words, usd: float) -> str:
    return number_text(usd, "count", say.language, 3)


def _three(value: float) -> str:
    return number_text(value, significant=3)


def _time(say: Words, seconds: float) -> str:
    hours, days = seconds / compute.SECONDS_PER_HOUR, seconds / compute.SECONDS_PER_DAY
    if hours < HOURS_SHOWN:
        return say("scale.time.hours", n=_three(hours))
    if days < YEARS_SHOWN * DAYS_PER_YEAR:
        return say("scale.time.days", n=_three(days))
    return say("scale.time.years", n=_three(days / DAYS_PER_YEAR))


def _energy(mwh: float) -> str:
    return f"{_three(mwh / 1000)} GWh" if mwh >= 1000 else f"{_three(mwh)} MWh"

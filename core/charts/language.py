"""MMLU against the training compute or the size of language models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.charts import house
from core.charts.evidence import AS_OF, EPOCH_AI, Evidence, chart, labels, sources_of, table_row
from core.charts.house import Figure, Mode
from core.charts.tasks import setting_text
from core.content.numbers import number_text, power_text
from core.content.words import Words
from core.survey.landmarks import is_estimate
from core.survey.language import COMPUTE, MMLU_CHANCE_PERCENT, SIZE, Scored, mmlu

SCORE_RANGE = [20, 96]
SHOWN = {COMPUTE: (1.6e23, 7e25), SIZE: (3.5e10, 1.4e12)}
TICKS = {COMPUTE: (3e23, 1e24, 3e24, 1e25, 3e25), SIZE: (5e10, 2e11, 1e12)}
LABELLED = {
    COMPUTE: {
        "gpt_3_175b": "middle right", "gopher_280b": "bottom right", "chinchilla_70b": "middle left",
        "palm_540b": "bottom center", "llama_2_70b": "top center", "gpt_4": "bottom right",
        "deepseek_v3": "top center", "llama_4_maverick": "middle left", "claude_2": "middle right",
    },
    SIZE: {
        "gpt_3_175b": "middle right", "gopher_280b": "middle right", "chinchilla_70b": "middle left",
        "palm_540b": "middle left", "qwen2_5_72b": "top center", "llama_65b": "bottom center",
        "deepseek_v3": "top center", "llama_3_1_405b": "middle left", "llama_4_maverick": "bottom center",
        "mixtral_8x7b": "top right",
    },
}  # fmt: skip


def mmlu_evidence(say: Words, mode: Mode, axis: str = COMPUTE) -> Evidence:
    """MMLU against training compute or size; estimates are hollow, and chat models have their own marker."""
    scored = mmlu(axis)
    data = [
        _models(say, [each for each in scored if each.is_tuned == tuned], axis, tuned, mode) for tuned in (False, True)
    ]
    human = scored[0].score.number("human_baseline")
    shapes = [
        house.level_line(say("language.chart.chance"), MMLU_CHANCE_PERCENT, mode),
        house.level_line(say("language.chart.expert", score=f"{human:g}"), human, mode, "start"),
    ]
    x = {
        "title": {"text": say(f"language.chart.{axis}")}, "type": "log", "range": np.log10(SHOWN[axis]).tolist(),
        "tickvals": TICKS[axis], "ticktext": [_tick(say, axis, tick) for tick in TICKS[axis]],
    }  # fmt: skip
    y = {"title": {"text": say("language.chart.score")}, "ticksuffix": "%", "range": SCORE_RANGE}
    return Evidence(
        figure=chart(data, say(f"language.chart.title_{axis}"), x, y, mode, shapes=shapes),
        alt=say(f"language.chart.alt_{axis}", n=len(scored)),
        rows=[_mmlu_row(say, each) for each in scored],
        sources=[EPOCH_AI, *sources_of(each.score for each in scored)],
        as_of=AS_OF,
        licence=say("language.chart.licence"),
    )


def _amount(say: Words, axis: str, value: float) -> str:
    return power_text(value, 3) if axis == COMPUTE else number_text(value, "count", say.language, 3)


def _tick(say: Words, axis: str, value: float) -> str:
    return power_text(value, 1) if axis == COMPUTE else number_text(value, "count", say.language)


def _models(say: Words, scored: Sequence[Scored], axis: str, tuned: bool, mode: Mode) -> Figure:
    scored = sorted(scored, key=lambda each: is_estimate(each.model, axis))  # the legend shows the first point's marker
    color = house.color("fourth" if tuned else "training", mode)
    fill = [house.color("background", mode) if is_estimate(each.model, axis) else color for each in scored]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": say("language.chart.tuned" if tuned else "language.chart.plain"),
        "x": [each.model.number(axis) for each in scored],
        "y": [each.score.number("score") for each in scored],
        "marker": {
            "color": fill, "symbol": "diamond" if tuned else "circle", "size": 11,
            "line": {"color": color, "width": 2},
        },
        **labels([each.model for each in scored], [_label(each, axis) for each in scored], LABELLED[axis]),
        "cliponaxis": False,
        "customdata": [[_name(each), _amount(say, axis, each.model.number(axis))] for each in scored],
        "hovertemplate": "%{customdata[0]}<br>" + say(f"language.chart.hover_{axis}") + "<extra></extra>",
    }  # fmt: skip


def _name(each: Scored) -> str:
    name = str(each.score["model"])
    return f"{name} (MoE)" if each.is_mixture else name


def _label(each: Scored, axis: str) -> str:
    """A short label; on the size axis it says if the size is a total over experts."""
    short = str(each.score["model"]).split(" (")[0].removesuffix(" Instruct")
    return f"{short} (MoE)" if each.is_mixture and axis == SIZE else short


def _mmlu_row(say: Words, each: Scored) -> dict[str, Any]:
    return table_row(
        say, "language.table", model=_name(each), published=each.score["published"], score=each.score["score"],
        setting=setting_text(say, each.score), compute=each.model[COMPUTE],
        estimated=say("language.table.yes") if is_estimate(each.model, COMPUTE) else "",
        parameters=each.model[SIZE], source=each.score["source_url"],
    )  # fmt: skip

"""Charts of what the page on scale computes: the memory of a training, and where scaling laws disagree."""

from __future__ import annotations

import math
from typing import Any

from core.charts import house
from core.charts.evidence import Evidence, layout
from core.charts.house import Figure, Mode
from core.charts.scale import AS_OF
from core.content.numbers import number_text
from core.content.words import Words
from core.facts.tables import Row, table
from core.survey.compute import preset_rows
from core.survey.memory import RECIPES, STAGES, Parts, training_memory
from core.survey.scaling import LAWS, growth, optimum

PARTS = {"weights": ("training", ""), "gradients": ("validation", "/"), "optimizer": ("third", "x"),
         "activations": ("fourth", ".")}  # fmt: skip
NEAR = 1.25  # a model within this factor of a budget is shown beside the laws
ROOM = 8.0  # times the largest value, for the words beside it
MEMORY_SOURCES = [
    ("ZeRO (Rajbhandari et al., 2020)", "https://arxiv.org/abs/1910.02054"),
    ("Korthikanti et al. (2022)", "https://arxiv.org/abs/2205.05198"),
]


def memory_evidence(
    say: Words, mode: Mode, recipe: str, parameters: float, chips: int, activations: float, chip: str
) -> Evidence:
    """Bytes on one chip, with nothing shared out and with ZeRO's three stages, against the memory of a chip."""
    parts = [training_memory(RECIPES[recipe], parameters, stage, chips, activations) for stage in STAGES]
    names = [say(f"scale.stage.{stage}") for stage in STAGES]
    row = table("accelerators")[chip]
    room = row.number("memory_gib")
    data = [_part(say, name, parts, names, mode) for name in PARTS]
    data.append(
        {
            "type": "scatter",
            "mode": "text",
            "y": names,
            "x": [each.total / 1e9 for each in parts],
            "text": [f" {gigabytes(each.total)}" for each in parts],
            "textposition": "middle right",
            "cliponaxis": False,
            "hoverinfo": "skip",
            "showlegend": False,
        }
    )
    most = max(room, *(each.total / 1e9 for each in parts))
    x = {"title": {"text": say("scale.memory.x")}, "range": [0, 1.22 * most]}
    line = house.dotted_line(say("scale.memory.room", chip=row["name"], gb=f"{room:g}"), mode, textposition="start")
    line |= {"x0": room, "x1": room, "y0": 0, "y1": 1, "yref": "paper", "layer": "above"}
    figure = layout(
        say("scale.memory.title"), x, _names_axis(names), mode, barmode="stack", shapes=[line], **_margins(110)
    )
    return Evidence(
        figure={"data": data, "layout": figure},
        alt=say("scale.memory.alt", first=gigabytes(parts[0].total), last=gigabytes(parts[-1].total)),
        rows=[_memory_row(say, stage, each) for stage, each in zip(STAGES, parts, strict=True)],
        sources=MEMORY_SOURCES,
        as_of=AS_OF,
    )


def laws_evidence(say: Words, mode: Mode, flop: float) -> Evidence:
    """The compute-optimal size of a budget by each law, and models that were trained with about that budget."""
    splits = {key: optimum(key, flop) for key in LAWS}
    rows = [_law_row(say, key, splits[key].parameters, splits[key].tokens, flop) for key in LAWS]
    near = [row for row in preset_rows() if 1 / NEAR <= row.number("training_compute_flop") / flop <= NEAR]
    places = {say(f"scale.law.{key}"): (split.parameters, split.tokens) for key, split in splits.items()}
    built = {row["name"]: (row.number("parameters"), row.number("training_tokens_or_images")) for row in near}
    values = [each[0] for each in (*places.values(), *built.values())]
    limits = [math.log10(min(values) / 3), math.log10(max(values) * ROOM)]
    data = [_sizes(say, "advice", places, "training", "circle", mode)]
    if built:
        data.append(_sizes(say, "built", built, "validation", "diamond", mode))
    x = {"title": {"text": say("scale.laws.x")}, "type": "log", "range": limits, "showgrid": True, "dtick": 1}
    title = say("scale.laws.title", flop=number_text(flop, "power", say.language))
    figure = layout(title, x, _names_axis([*built, *reversed(places)]), mode, **_margins(172))
    return Evidence(
        figure={"data": data, "layout": figure},
        alt=say("scale.laws.alt"),
        rows=[*rows, *(_model_row(say, row) for row in near)],
        sources=[
            *dict.fromkeys((table("scaling_laws")[key]["source"], table("scaling_laws")[key]["source_url"])
                           for key in LAWS),
            *((row["source"], row["source_url"]) for row in near if row["key"] != "chinchilla_70b"),
        ],
        as_of=AS_OF,
    )  # fmt: skip


def gigabytes(value: float) -> str:
    """Bytes as GB or TB with three digits, as vendors count: 10^9 and 10^12."""
    return f"{value / 1e12:.3g} TB" if value >= 9.995e11 else f"{value / 1e9:.3g} GB"


def _part(say: Words, name: str, parts: list[Parts], names: list[str], mode: Mode) -> Figure:
    role, pattern = PARTS[name]
    return {
        "type": "bar", "orientation": "h", "name": say(f"scale.part.{name}"), "y": names,
        "x": [getattr(each, name) / 1e9 for each in parts],
        "marker": {"color": house.color(role, mode), "pattern": {"shape": pattern, "solidity": 0.2}},
        "hovertemplate": "%{fullData.name}: %{x:.3g} GB<extra></extra>",
    }  # fmt: skip


def _sizes(say: Words, name: str, places: dict[str, tuple[float, float]], role: str, symbol: str, mode: Mode) -> Figure:
    told = [
        say("scale.laws.point", n=short(parameters, say.language), d=short(tokens, say.language))
        for parameters, tokens in places.values()
    ]
    return {
        "type": "scatter", "mode": "markers+text", "name": say(f"scale.laws.{name}"),
        "y": list(places), "x": [parameters for parameters, _ in places.values()],
        "text": told, "textposition": "middle right", "textfont": {"size": house.SMALL_PX},
        "marker": {"color": house.color(role, mode), "symbol": symbol, "size": 12},
        "hovertemplate": "%{y}<br>%{text}<extra></extra>",
    }  # fmt: skip


def short(value: float, language: str) -> str:
    """A count with two digits, in words of scale."""
    return number_text(float(f"{value:.2g}"), "count", language)


def _names_axis(names: list[str]) -> Figure:
    return {"type": "category", "categoryorder": "array", "categoryarray": names, "showgrid": False, "ticklen": 0}


def _margins(left: int) -> Figure:
    return {"margin": {"l": left, "b": 96}}


def _memory_row(say: Words, stage: int, parts: Parts) -> dict[str, Any]:
    values = {name: float(f"{getattr(parts, name) / 1e9:.4g}") for name in PARTS}
    named = {say(f"scale.part.{name}") + " (GB)": value for name, value in values.items()}
    return {say("scale.table.stage"): say(f"scale.stage.{stage}")} | named


def _law_row(say: Words, key: str, parameters: float, tokens: float, flop: float) -> dict[str, Any]:
    return _row(say, say(f"scale.law.{key}"), parameters, tokens, f"{growth(key, flop):.1f}") | {
        say("scale.table.source"): table("scaling_laws")[key]["source_url"]
    }


def _model_row(say: Words, row: Row) -> dict[str, Any]:
    parameters, tokens = row.number("parameters"), row.number("training_tokens_or_images")
    return _row(say, row["name"], parameters, tokens, "") | {say("scale.table.source"): row["source_url"]}


def _row(say: Words, name: str, parameters: float, tokens: float, times: str) -> dict[str, Any]:
    values = {
        "law": name, "parameters": float(f"{parameters:.3g}"), "tokens": float(f"{tokens:.3g}"),
        "tokens_each": float(f"{tokens / parameters:.3g}"), "growth": times,
    }  # fmt: skip
    return {say(f"scale.table.{key}"): value for key, value in values.items()}

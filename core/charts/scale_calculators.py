"""Charts of the Scale page's calculators: the memory of a training, and where scaling laws disagree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from core.charts import house
from core.charts.evidence import AS_OF, EVIDENCE_HEIGHT_PX, Evidence, chart, sources_of, table_row
from core.charts.house import Figure, Mode
from core.content.numbers import number_text
from core.content.plain import columns
from core.content.words import Words
from core.facts.tables import Row, table
from core.survey.compute import preset_rows
from core.survey.memory import RECIPES, STAGES, Parts, training_memory
from core.survey.scaling import LAWS, growth, optimum

PARTS = {"weights": ("training", ""), "gradients": ("validation", "/"), "optimizer": ("third", "x"),
         "activations": ("fourth", ".")}  # fmt: skip
NEAR = 1.25  # models within this factor of a budget are shown next to the laws
LEGEND_LINE_PX = 21
LAWS_HEIGHT_PX = 560  # ten rows of two lines
LETTER_PX = 5.8  # also fits a saved picture, which lacks the page's narrow font
MEMORY_SOURCES = [
    ("ZeRO (Rajbhandari et al., 2020)", "https://arxiv.org/abs/1910.02054"),
    ("Korthikanti et al. (2022)", "https://arxiv.org/abs/2205.05198"),
]


def memory_evidence(
    say: Words, mode: Mode, recipe: str, parameters: float, chips: int, activations: float, chip: str
) -> Evidence:
    """Bytes per chip, without sharding and with ZeRO's three stages, against the memory of a chip."""
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
    x = {"title": {"text": say("scale.memory.x")}, "range": [0, 1.36 * most], **house.WHOLE}
    figure = chart(
        data, say("scale.memory.title"), x, _names_axis(names[::-1]), mode, barmode="stack",
        shapes=[_room_line(room, mode)], annotations=[_room_text(say, row["name"], room, most)],
        **_margins(110, top=72, lines=4),
    )  # fmt: skip
    return Evidence(
        figure=figure,
        alt=say("scale.memory.alt", first=gigabytes(parts[0].total), last=gigabytes(parts[-1].total)),
        rows=[_memory_row(say, stage, each) for stage, each in zip(STAGES, parts, strict=True)],
        sources=MEMORY_SOURCES,
        as_of=AS_OF,
    )


def laws_evidence(say: Words, mode: Mode, flop: float) -> Evidence:
    """The compute-optimal size for a budget by each law, and models that were trained with about that budget."""
    splits = {key: optimum(key, flop) for key in LAWS}
    rows = [_law_row(say, key, splits[key].parameters, splits[key].tokens, flop) for key in LAWS]
    near = [row for row in preset_rows() if 1 / NEAR <= row.number("training_compute_flop") / flop <= NEAR]
    places = {say(f"scale.law.{key}"): (split.parameters, split.tokens) for key, split in splits.items()}
    built = {row["name"]: (row.number("parameters"), row.number("training_tokens_or_images")) for row in near}
    every = places | built
    values = [parameters for parameters, _ in every.values()]
    limits = [math.log10(min(values) / 2), math.log10(max(values) * 2)]
    data = [_sizes(say, "advice", places, "training", "circle", mode)]
    if built:
        data.append(_sizes(say, "built", built, "validation", "diamond", mode))
    x = {"title": {"text": say("scale.laws.x")}, "range": limits, "showgrid": True, "dtick": 1, **house.POWERS}
    named = {"tickvals": list(every), "ticktext": [f"{name}<br>{_split(say, *split)}" for name, split in every.items()]}
    left_px = 12 + LETTER_PX * max(columns(line) for text in named["ticktext"] for line in text.split("<br>"))
    title = say("scale.laws.title", flop=number_text(flop, "power", say.language))
    y = _names_axis([*built, *reversed(places)]) | named
    figure = chart(data, title, x, y, mode, height=LAWS_HEIGHT_PX, **_margins(left_px, LAWS_HEIGHT_PX, lines=3))
    return Evidence(
        figure=figure,
        alt=_laws_alt(say, places),
        rows=[*rows, *(_model_row(say, row) for row in near)],
        sources=sources_of([*(table("scaling_laws")[key] for key in LAWS), *near]),
        as_of=AS_OF,
    )


def _laws_alt(say: Words, places: Mapping[str, tuple[float, float]]) -> str:
    """The alt text: which law gives the smallest and which the largest size, as that depends on the budget."""
    least, *_, most = sorted(places, key=lambda name: places[name][0])
    low, high = (number_text(places[name][0], "count", say.language, 2) for name in (least, most))
    return say("scale.laws.alt", least=least, low=low, most=most, high=high)


def gigabytes(value: float) -> str:
    """Bytes as GB or TB with three digits, in vendors' units of 10^9 and 10^12."""
    return f"{value / 1e12:.3g} TB" if value >= 9.995e11 else f"{value / 1e9:.3g} GB"


def _part(say: Words, name: str, parts: list[Parts], names: list[str], mode: Mode) -> Figure:
    role, pattern = PARTS[name]
    return {
        "type": "bar", "orientation": "h", "name": say(f"scale.part.{name}"), "y": names,
        "x": [getattr(each, name) / 1e9 for each in parts],
        "marker": {"color": house.color(role, mode), "pattern": {"shape": pattern, "solidity": 0.2}},
        "hovertemplate": "%{fullData.name}: %{x:.3~r} GB<extra></extra>",
    }  # fmt: skip


def _sizes(say: Words, name: str, places: dict[str, tuple[float, float]], role: str, symbol: str, mode: Mode) -> Figure:
    return {
        "type": "scatter", "mode": "markers", "name": say(f"scale.laws.{name}"),
        "y": list(places), "x": [parameters for parameters, _ in places.values()],
        "text": [_split(say, *split) for split in places.values()],
        "marker": {"color": house.color(role, mode), "symbol": symbol, "size": 12},
        "hovertemplate": "%{y}<br>%{text}<extra></extra>",
    }  # fmt: skip


def _split(say: Words, parameters: float, tokens: float) -> str:
    n, d = (number_text(each, "count", say.language, 2) for each in (parameters, tokens))
    return say("scale.laws.point", n=n, d=d)


def _names_axis(names: list[str]) -> Figure:
    return {"type": "category", "categoryorder": "array", "categoryarray": names, "showgrid": False, "ticklen": 0}


def _margins(left: float, height: int = EVIDENCE_HEIGHT_PX, top: int = 64, lines: int = 2) -> Figure:
    """Room for the names on the left, and below for a left-aligned legend with `lines` lines on a phone."""
    legend_px = lines * LEGEND_LINE_PX
    return {
        "margin": {"l": left, "b": house.AXIS_TITLE_PX + legend_px, "t": top},
        "legend": {"xref": "container", "y": legend_px / height, "traceorder": "normal"},
    }


def _room_line(room: float, mode: Mode) -> Figure:
    return house.upright_line("", room, mode) | {
        "layer": "above",
        "line": {"color": house.color("text", mode), "width": 2, "dash": "dot"},
    }


def _room_text(say: Words, chip: str, room: float, most: float) -> Figure:
    """The label above the line of a chip's memory, on the side with more space."""
    return {
        "text": say("scale.memory.room", chip=chip, gb=f"{room:g}"), "showarrow": False,
        "x": room, "xanchor": "left" if room < most / 2 else "right", "y": 1, "yref": "paper", "yanchor": "bottom",
    }  # fmt: skip


def _memory_row(say: Words, stage: int, parts: Parts) -> dict[str, Any]:
    values = {name: float(f"{getattr(parts, name) / 1e9:.4g}") for name in PARTS}
    named = {say(f"scale.part.{name}") + " (GB)": value for name, value in values.items()}
    return {say("scale.table.stage"): say(f"scale.stage.{stage}")} | named


def _law_row(say: Words, key: str, parameters: float, tokens: float, flop: float) -> dict[str, Any]:
    source = table("scaling_laws")[key]["source_url"]
    return _row(say, say(f"scale.law.{key}"), parameters, tokens, f"{growth(key, flop):.1f}", source)


def _model_row(say: Words, row: Row) -> dict[str, Any]:
    parameters, tokens = row.number("parameters"), row.number("training_tokens_or_images")
    return _row(say, row["name"], parameters, tokens, "", row["source_url"])


def _row(say: Words, name: str, parameters: float, tokens: float, times: str, source: str) -> dict[str, Any]:
    return table_row(
        say, "scale.table", law=name, parameters=float(f"{parameters:.3g}"), tokens=float(f"{tokens:.3g}"),
        tokens_each=float(f"{tokens / parameters:.3g}"), growth=times, source=source,
    )  # fmt: skip

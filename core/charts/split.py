"""The chart of a budget's split between size and tokens: the reader's tries and, after the reveal, the curves."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.charts import house
from core.charts.evidence import AS_OF, Evidence, chart, sources_of
from core.charts.house import Figure, Mode
from core.content.numbers import number_text
from core.content.words import Words
from core.facts.tables import table
from core.survey.split import BILLION, LAWS, best_size_b, loss, tokens

SIZES_B = (1, 2, 3, 5, 7, 10, 14, 20, 30, 40, 50, 70, 100, 140, 200, 280, 400, 540, 700, 1000, 2000, 3000)
START_B = 280  # Gopher's size
BUILT_B = {"Chinchilla": 70, "Gopher": 280}
LOOKS = {"chinchilla": ("third", "circle", "solid"), "replication": ("fourth", "square", "dash")}
SHOWN_B, TICKS_B = (0.8, 3800), (1, 10, 100, 1000)
CURVE_POINTS = 120
LOSS_RANGE = [1.9, 2.22]


def split_evidence(say: Words, mode: Mode, tried_b: tuple[int, ...], at_b: int, revealed: bool) -> Evidence:
    """Sizes in billions of parameters. Before the reveal only the tried splits are drawn."""
    data = [_tried(say, name, tried_b, at_b, mode) for name in LAWS]
    shapes: list[Figure] = []
    if revealed:
        data += [trace for name in LAWS for trace in (_curve(say, name, mode), _least(say, name, mode))]
        shapes = [_built(name, size_b, mode) for name, size_b in BUILT_B.items()]
    x = {
        "title": {"text": say("language.split.x")}, "type": "log", "range": np.log10(SHOWN_B).tolist(),
        "tickvals": TICKS_B, "ticktext": [number_text(tick * BILLION, "count", say.language) for tick in TICKS_B],
    }  # fmt: skip
    y = {"title": {"text": say("language.split.y")}, "range": LOSS_RANGE}
    figure = chart(data, say("language.split.title"), x, y, mode, legend_lines=3, shapes=shapes)
    return Evidence(
        figure=figure,
        alt=say("language.split.alt_revealed" if revealed else "language.split.alt", n=len(tried_b)),
        rows=_rows(say, tried_b, revealed),
        sources=sources_of(table("scaling_laws")[key] for key in LAWS.values()),
        as_of=AS_OF,
    )


def _tried(say: Words, name: str, tried_b: tuple[int, ...], at_b: int, mode: Mode) -> Figure:
    role, symbol, _ = LOOKS[name]
    return _xy(name, tried_b) | {
        "mode": "markers",
        "name": say(f"language.split.{name}"),
        "marker": {
            "color": house.color(role, mode), "symbol": symbol, "size": [15 if size == at_b else 8 for size in tried_b],
            "opacity": [1.0 if size == at_b else 0.6 for size in tried_b],
        },
        "hovertemplate": say("language.split.hover") + "<extra></extra>",
    }  # fmt: skip


def _curve(say: Words, name: str, mode: Mode) -> Figure:
    role, _, dash = LOOKS[name]
    sizes = np.geomspace(SIZES_B[0], SIZES_B[-1], CURVE_POINTS)
    return _xy(name, sizes.tolist()) | {
        "mode": "lines",
        "name": say(f"language.split.{name}"),
        "showlegend": False,
        "line": {"color": house.color(role, mode), "width": 2, "dash": dash},
        "hoverinfo": "skip",
    }


def _least(say: Words, name: str, mode: Mode) -> Figure:
    best_b = best_size_b(name)
    return _xy(name, [best_b]) | {
        "mode": "markers+text",
        "name": say("language.split.least"),
        "showlegend": name == "chinchilla",
        "marker": {"color": house.color("validation", mode), "symbol": "star", "size": 15},
        "text": [number_text(best_b * BILLION, "count", say.language, 2)],
        "textposition": "bottom center",
        "textfont": {"size": house.SMALL_PX},
        "hovertemplate": say("language.split.hover") + "<extra></extra>",
    }


def _xy(name: str, sizes_b: Any) -> Figure:
    return {
        "type": "scatter", "x": list(sizes_b), "y": [loss(name, size) for size in sizes_b],
        "customdata": [f"{tokens(size) / 1e12:.3g}" for size in sizes_b],
    }  # fmt: skip


def _built(name: str, size_b: float, mode: Mode) -> Figure:
    """A mark for a model that was trained with about this budget."""
    side = "right" if size_b < START_B else "left"
    return house.upright_line(name, size_b, mode, textposition="end", textangle=0, yanchor="top", xanchor=side)


def _rows(say: Words, tried_b: tuple[int, ...], revealed: bool) -> list[dict[str, Any]]:
    sizes = [(float(size), "") for size in tried_b]
    if revealed:
        sizes += [(best_size_b(name), say(f"language.split.{name}")) for name in LAWS]
    return [
        {
            say("language.split.size"): round(size, 1),
            say("language.split.tokens"): round(tokens(size) / 1e12, 3),
            **{say(f"language.split.{name}"): round(loss(name, size), 4) for name in LAWS},
            say("language.split.least"): least,
        }
        for size, least in sizes
    ]

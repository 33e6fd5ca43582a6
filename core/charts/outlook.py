"""The forecast chart: language models up to mid-2021, the reader's curve and, after the reveal, what happened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.charts import house
from core.charts.evidence import AS_OF, Evidence, chart, labels, name_apart, sources_of, table_row
from core.charts.house import Figure, Mode
from core.content.numbers import number_text
from core.content.words import Words
from core.facts.tables import Row
from core.survey.fits import year_of
from core.survey.landmarks import is_mixture
from core.survey.outlook import HIDDEN_FROM, past_line, sizes

HEIGHT_PX, BOTTOM_PX = 480, 150  # five lines of legend on a phone
YEARS = [2016.8, 2026.8]
POWERS = [7.3, 16.2]
GUESS_YEARS = (2022.5, 2024.5)
LABELLED = {
    "transformer_big": "top center", "gpt_2_1_5b": "top left", "t5_11b": "top left", "gpt_3_175b": "top left",
    "switch_c_1_6t_moe": "top left", "mistral_7b": "bottom center",
}  # fmt: skip
# Labels of points close to others: their offset in pixels, to the right and down.
POINTED_AT = {"palm_540b": (-16, -60), "llama_3_1_405b": (12, 96), "deepseek_v4_pro": (-36, -34)}


def forecast_evidence(say: Words, mode: Mode, guesses: tuple[float, ...], revealed: bool) -> Evidence:
    """`guesses` are the reader's parameters for the years of GUESS_YEARS."""
    rows = sizes() if revealed else sizes(before=HIDDEN_FROM)
    data = [_models(say, [row for row in rows if is_mixture(row) == mixed], mixed, mode) for mixed in (False, True)]
    data.append(_guess(say, guesses, mode))
    annotations = _names(rows, mode) if revealed else [_hidden_word(say)]
    if revealed:
        data = [_band(say, mode), *_fit(say, mode), *data]
    x = {"title": {"text": say("outlook.chart.x")}, "range": YEARS, "dtick": 2, "tickformat": "d"}
    y = {"title": {"text": say("outlook.chart.y")}, "range": POWERS, "dtick": 2, **house.POWERS}
    more: Figure = {
        "shapes": [_hidden(revealed, mode)], "annotations": annotations, "margin": {"b": BOTTOM_PX},
        "legend": {"y": house.legend_top(HEIGHT_PX, BOTTOM_PX)}, "height": HEIGHT_PX,
    }  # fmt: skip
    return Evidence(
        figure=chart(data, say("outlook.chart.title"), x, y, mode, **more),
        alt=say("outlook.chart.alt_revealed" if revealed else "outlook.chart.alt"),
        rows=[_table_row(say, row) for row in rows] + _guess_rows(say, guesses),
        sources=sources_of(rows),
        as_of=AS_OF,
    )


def _models(say: Words, rows: Sequence[Row], mixed: bool, mode: Mode) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": say("outlook.chart.mixture" if mixed else "outlook.chart.dense"),
        "x": [year_of(row["published"]) for row in rows],
        "y": [row.number("parameters") for row in rows],
        "marker": {
            "color": house.color("fourth" if mixed else "training", mode),
            "symbol": "diamond" if mixed else "circle", "size": 9,
        },
        **labels(rows, [row["name"].split(" (")[0] for row in rows], LABELLED),
        "cliponaxis": False,
        "customdata": [
            [f"{row['name']}, {row['published']}", _amount(say, row.number("parameters"), 3)] for row in rows
        ],
        "hovertemplate": "%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
    }  # fmt: skip


def _names(rows: Sequence[Row], mode: Mode) -> list[Figure]:
    places = [(row, year_of(row["published"]), math.log10(row.number("parameters"))) for row in rows]
    return [
        name_apart(row["name"].split(" (")[0], x, y, POINTED_AT[row["key"]], mode)
        for row, x, y in places
        if row["key"] in POINTED_AT
    ]


def _guess(say: Words, guesses: Sequence[float], mode: Mode) -> Figure:
    """A curve from the trend line's end, where the rest is hidden, through the reader's values."""
    start = year_of(HIDDEN_FROM)
    values = [past_line().at(start), *guesses]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": say("outlook.chart.guess"),
        "x": [start, *GUESS_YEARS],
        "y": values,
        "customdata": [_amount(say, value, 2) for value in values],
        "line": {"color": house.color("validation", mode), "width": 3, "dash": "dash"},
        "marker": {"size": [0, *(12 for _ in guesses)], "symbol": "square"},
        "hovertemplate": "%{x:.1f} · %{customdata}<extra></extra>",
    }


def _amount(say: Words, parameters: float, significant: int) -> str:
    return say("home.unit_parameters", number=number_text(parameters, "count", say.language, significant))


def _fit(say: Words, mode: Mode) -> list[Figure]:
    """The trend line: solid where it was fitted, dotted where it is extrapolated."""
    line, hidden = past_line(), year_of(HIDDEN_FROM)
    parts = (([YEARS[0], hidden], "solid"), ([hidden, YEARS[1]], "dot"))
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": say("outlook.chart.fitted"),
            "showlegend": dash == "solid",
            "x": years,
            "y": [line.at(year) for year in years],
            "line": {"color": house.color("ghost", mode), "width": 2, "dash": dash},
            "hoverinfo": "skip",
        }
        for years, dash in parts
    ]


def _band(say: Words, mode: Mode) -> Figure:
    """The band in which 95 % of new models would lie if the trend held."""
    years = np.linspace(year_of(HIDDEN_FROM), YEARS[1], 30).tolist()
    low, high = zip(*(past_line().interval(year) for year in years), strict=True)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": say("outlook.chart.band"),
        "x": years + years[::-1],
        "y": [*high, *low[::-1]],
        "fill": "toself",
        "fillcolor": house.color("ghost", mode, 0.12),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _hidden(revealed: bool, mode: Mode) -> Figure:
    """A cover over later years; after the reveal, a line where it began."""
    start = year_of(HIDDEN_FROM)
    if revealed:
        return house.upright_line("", start, mode)
    cloth = {"type": "rect", "layer": "below", "fillcolor": house.color("surface", mode), "line": {"width": 0}}
    return cloth | {"yref": "paper", "y0": 0, "y1": 1, "x0": start, "x1": YEARS[1]}


def _hidden_word(say: Words) -> Figure:
    middle = (year_of(HIDDEN_FROM) + YEARS[1]) / 2
    return {"x": middle, "xref": "x", "y": 0.08, "yref": "paper", "text": say("outlook.chart.hidden")}


def _table_row(say: Words, row: Row) -> dict[str, Any]:
    mixed = say("outlook.table.yes") if is_mixture(row) else ""
    return table_row(
        say, "outlook.table", model=row["name"], published=row["published"], parameters=row["parameters"],
        mixture=mixed, source=row["source_url"],
    )  # fmt: skip


def _guess_rows(say: Words, guesses: Sequence[float]) -> list[dict[str, Any]]:
    return [
        table_row(
            say, "outlook.table", model=say("outlook.chart.guess"), published=f"{int(year)}-07", parameters=value,
            mixture="", source="",
        )
        for year, value in zip(GUESS_YEARS, guesses, strict=True)
    ]  # fmt: skip

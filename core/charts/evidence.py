"""A chart as evidence: the figure, exactly the plotted points as a table, and their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.charts import house
from core.charts.house import Figure, Mode
from core.content.words import Words
from core.facts.tables import Row

Source = tuple[str, str]  # name, link (may be empty)
AS_OF = "2026-11-23"  # when the facts were collected
EPOCH_AI = ("Epoch AI, Data on notable AI models", "https://epoch.ai/data/notable-ai-models")  # CC BY 4.0
TORCHVISION = ("torchvision 0.29.2", "https://docs.pytorch.org/vision/stable/models.html")

EVIDENCE_HEIGHT_PX = 440
LEGEND_LINE_PX = 20
LEGEND_LINES = 2
TITLE_LINE_PX = 20
FIRST_LINE_PX = 21  # Plotly puts the first of two lines above the anchor, but a single line below it


@dataclass(frozen=True)
class Evidence:
    """`rows` are the plotted points, each a mapping by column heading; `sources` are texts with links; `as_of` is empty
    for figures computed here; `licence` is empty if the figures are bare facts."""

    figure: Figure
    alt: str
    rows: Sequence[Mapping[str, Any]]
    sources: Sequence[Source]
    as_of: str
    licence: str = ""


def chart(
    data: Sequence[Figure], title: str, x: Mapping[str, Any], y: Mapping[str, Any], mode: Mode, *,
    legend_lines: int = LEGEND_LINES, **more: Any,
) -> Figure:  # fmt: skip
    """An evidence chart: fixed height, the legend below with a given number of lines on a phone, no effects on hover.
    Its title takes two lines where a phone has no room for one. `more` goes into the layout."""
    legend_px = (legend_lines + 0.5) * LEGEND_LINE_PX
    figure = house.figure(
        data, mode, EVIDENCE_HEIGHT_PX, title, hovermode="closest", xaxis={"fixedrange": True, **x},
        yaxis={"fixedrange": True, **y}, margin={"b": house.AXIS_TITLE_PX + legend_px},
        legend={"y": legend_px / EVIDENCE_HEIGHT_PX},
    )  # fmt: skip
    figure["layout"] |= more
    if "<br>" in title:
        style = figure["layout"]["template"]["layout"]
        style["margin"]["t"] += TITLE_LINE_PX
        style["title"]["pad"]["t"] = FIRST_LINE_PX
    return figure


def sources_of(rows: Iterable[Row]) -> list[Source]:
    """Each row's source once, with its link, in the rows' order."""
    return list(dict.fromkeys((str(row["source"]), str(row["source_url"])) for row in rows))


def table_row(say: Words, heads: str, **cells: Any) -> dict[str, Any]:
    """A row of the table of points: each cell under its heading, whose text key is below `heads`."""
    return {say(f"{heads}.{name}"): cell for name, cell in cells.items()}


def labels(rows: Sequence[Row], names: Sequence[str], places: Mapping[str, str]) -> Figure:
    """Labels for a few points, at the positions given by key; the other names appear on hover."""
    return {
        "text": [name if row["key"] in places else "" for row, name in zip(rows, names, strict=True)],
        "textposition": [places.get(row["key"], "top center") for row in rows],
        "textfont": {"size": house.SMALL_PX},
    }


def drawn_points(figure: Figure, line: str, x: str, y: str) -> list[dict[str, Any]]:
    """Every point of a figure's lines under these headings, without the outlines of bands."""
    return [
        {line: trace["name"], x: across, y: up}
        for trace in figure["data"]
        if trace.get("fill") != "toself"
        for across, up in zip(trace["x"], trace["y"], strict=True)
    ]


def name_apart(text: str, x: Any, y: float, away_px: tuple[int, int], mode: Mode) -> Figure:
    """An annotation at the end of a thin line from its point, offset by pixels to the right and down, for names that
    would touch others on a phone. On a log axis `y` is the exponent."""
    color = house.color("text", mode)
    return {
        "text": text, "font": {"size": house.SMALL_PX, "color": color}, "x": x, "y": y, "showarrow": True,
        "arrowhead": 0, "arrowwidth": 1, "arrowcolor": color, "standoff": 5, "ax": away_px[0], "ay": away_px[1],
    }  # fmt: skip

"""A chart as evidence: the figure, exactly the plotted points as a table, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.charts import house
from core.charts.house import Figure, Mode

EVIDENCE_HEIGHT_PX = 440
LEGEND_LINE_PX = 20
LEGEND_LINES = 2
TITLE_LINE_PX = 20
FIRST_LINE_PX = 21  # Plotly stands the first of two lines on its place, and hangs a single one from it


@dataclass(frozen=True)
class Evidence:
    """`rows` are the plotted points, one mapping of the reader's column names each; `sources` are texts with links;
    `as_of` is the day up to which the figures were gathered, empty for what is computed here; `licence` is empty where
    the figures are bare facts."""

    figure: Figure
    alt: str
    rows: Sequence[Mapping[str, Any]]
    sources: Sequence[tuple[str, str]]
    as_of: str
    licence: str = ""


def layout(
    title: str, x: Mapping[str, Any], y: Mapping[str, Any], mode: Mode, *, legend_lines: int = LEGEND_LINES, **more: Any
) -> Figure:
    """The layout of an evidence chart: one height, the legend below with so many lines on a phone, nothing moves when
    the mouse is over it. Its title has two lines where a phone has no room for one."""
    legend_px = (legend_lines + 0.5) * LEGEND_LINE_PX
    template = house.template(mode)
    if "<br>" in title:
        template["layout"]["margin"]["t"] += TITLE_LINE_PX
        template["layout"]["title"]["pad"]["t"] = FIRST_LINE_PX
    return {
        "template": template,
        "title": {"text": title},
        "height": EVIDENCE_HEIGHT_PX,
        "hovermode": "closest",
        "xaxis": {"fixedrange": True, **x},
        "yaxis": {"fixedrange": True, **y},
        "margin": {"b": house.AXIS_TITLE_PX + legend_px},
        "legend": {"y": legend_px / EVIDENCE_HEIGHT_PX},
    } | more


def points(
    rows: Sequence[Mapping[str, Any]], x: str, y: str, name: str, look: Mapping[str, Any], **more: Any
) -> Figure:
    """A trace of markers; each point tells its `label`."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [row[x] for row in rows],
        "y": [row[y] for row in rows],
        "text": [row["label"] for row in rows],
        "marker": dict(look),
    } | more


def drawn_points(figure: Figure, line: str, x: str, y: str) -> list[dict[str, Any]]:
    """Every point of a figure's lines under these heads; the outline of a band is none."""
    return [
        {line: trace["name"], x: across, y: up}
        for trace in figure["data"]
        if trace.get("fill") != "toself"
        for across, up in zip(trace["x"], trace["y"], strict=True)
    ]


def name_apart(text: str, x: Any, y: float, away_px: tuple[int, int], mode: Mode) -> Figure:
    """An annotation at the end of a thin line from its point, so many pixels to the right and down: for names that
    would touch others on a phone. `y` is a power of ten on an axis of such."""
    color = house.color("text", mode)
    return {
        "text": text, "font": {"size": house.SMALL_PX, "color": color}, "x": x, "y": y, "showarrow": True,
        "arrowhead": 0, "arrowwidth": 1, "arrowcolor": color, "standoff": 5, "ax": away_px[0], "ay": away_px[1],
    }  # fmt: skip

"""The house style of every chart: the meaning of each colour, in light and dark mode, fonts, grid and margins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any, Literal

from core.content.numbers import THIN_SPACE
from core.content.plain import columns

Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")
Figure = dict[str, Any]

# A colour means one thing everywhere. Roles also differ in dash or marker, never in colour alone.
COLORS: Mapping[Mode, Mapping[str, str]] = {
    "light": {
        "background": "#FFFFFF",
        "surface": "#F4F6F8",
        "text": "#0F161E",
        "border": "#DCE2E8",
        "primary": "#1F5FA8",
        "training": "#1F6FB2",
        "validation": "#D1570C",
        "third": "#1A8A6B",
        "fourth": "#8E5BA6",
        "fifth": "#B8860B",
        "ghost": "#5B6470",
    },
    "dark": {
        "background": "#12171D",
        "surface": "#1B222B",
        "text": "#E6EBF0",
        "border": "#2C3641",
        "primary": "#6CB0F0",
        "training": "#5FA8E8",
        "validation": "#F0915A",
        "third": "#4CC2A0",
        "fourth": "#C59BDB",
        "fifth": "#E0B84A",
        "ghost": "#9AA5B1",
    },
}
# Runs in one chart, which also differ in dash and marker. None has the colour of training or validation.
RUN_COLORS: Mapping[Mode, tuple[str, ...]] = {
    "light": ("#1A8A6B", "#8E5BA6", "#A87400", "#B8324F", "#4B5BAB", "#7A5C3E"),
    "dark": ("#4CC2A0", "#C59BDB", "#E0B84A", "#F08CA0", "#9AA7F0", "#C9A27E"),
}
RUN_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
RUN_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star")
SERIES_ROLES = ("training", "validation", "third", "fourth", "fifth")

# As in the theme, but without quotes, which Plotly garbles in Firefox when it saves a chart as a picture.
FONT_FAMILY = "Source Sans, Noto Sans, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
FONT_PX = 14
SMALL_PX = 12  # the smallest font size
TITLE_PX = 16
CHART_HEIGHT_PX = 360
AXIS_TITLE_PX = 46
LEGEND_ROW_PX = 20
TICK_COLUMNS = 16  # Latin letters of a name beside an axis
LEGEND_COLUMNS = 44  # Latin letters beside a sample on a phone
MOST_NAME_LINES = 2  # Plotly draws no legend that begins in the upper half of a chart
MOST_LEGEND_ROWS = 3  # of a chart that makes no more room
BOTTOM_PX = 118  # ticks, axis title, and that many rows of legend
# A log axis. Plotly draws exponents a quarter larger than the given size.
POWERS: Mapping[str, Any] = {"type": "log", "exponentformat": "power", "showexponent": "all", "tickfont": {"size": 10}}
LINE_BREAK = "<br>"
WHOLE: Mapping[str, Any] = {"exponentformat": "none", "separatethousands": True}  # an axis with ticks such as 10 000
ACCURACY: Mapping[str, Any] = {"range": [0, 1.02], "tickformat": ".0%", "dtick": 0.2}  # the axis of an accuracy
LARGE = 1.7  # times the usual font size
LARGE_TOP_PX, LARGE_BOTTOM_PX, LARGE_HEIGHT_PX = 50, 144, 480  # title; axis title and two lines of legend; the whole


def color(role: str, mode: Mode, opacity: float = 1.0) -> str:
    """The colour of a role as CSS text."""
    value = COLORS[mode][role]
    return value if opacity == 1.0 else faded(value, opacity)


def run_look(number: int, mode: Mode) -> tuple[str, str, str]:
    """Colour, dash and marker of one of several runs, counted from 0; they repeat after six."""
    looks = list(zip(RUN_COLORS[mode], RUN_DASHES, RUN_SYMBOLS, strict=True))
    return looks[number % len(looks)]


def faded(value: str, opacity: float) -> str:
    """A colour such as #1B2530, made translucent, as CSS text."""
    red, green, blue = (int(value[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def literal(text: str) -> str:
    """Text by a reader, escaped, as Plotly interprets tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def legend_name(text: str) -> str:
    """Text by a reader for a legend: escaped, in lines that fit a phone, and cut only after two."""
    width = LEGEND_COLUMNS * len(text) // columns(text)
    lines = wrap(text.replace(" · ", "\u00a0· "), width, max_lines=MOST_NAME_LINES, placeholder=" …")
    return LINE_BREAK.join(literal(line.replace("\u00a0", " ")) for line in lines)


def name_ticks(names: Sequence[str]) -> Figure:
    """An axis of names by a reader. Long ones are cut, as they would leave no room for the plot; the hover has all."""
    return {"type": "category", "tickvals": list(names), "ticktext": [literal(_cut(name)) for name in names]}


def _cut(name: str) -> str:
    kept = name
    while columns(kept) > TICK_COLUMNS:
        kept = kept[:-1]
    return name if kept == name else f"{kept.rstrip()}…"


def dotted_line(text: str, mode: Mode, **label: Any) -> Figure:
    """A thin grey dotted line with a label, without a position."""
    grey = color("ghost", mode)
    return {
        "type": "line",
        "layer": "below",
        "line": {"color": grey, "width": 1, "dash": "dot"},
        "label": {"text": text, "font": {"size": SMALL_PX, "color": grey}, "padding": 3, **label},
    }


def upright_line(text: str, x: Any, mode: Mode, **label: Any) -> Figure:
    """A dotted line from the bottom of the plot to the top."""
    return dotted_line(text, mode, **label) | {"yref": "paper", "y0": 0, "y1": 1, "x0": x, "x1": x}


def level_line(text: str, level: float, mode: Mode, textposition: str = "end", yanchor: str = "bottom") -> Figure:
    """A dotted line across the plot, for instance at chance level."""
    place = {"xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level}
    return dotted_line(text, mode, textposition=textposition, yanchor=yanchor) | place


def template(mode: Mode) -> dict[str, Any]:
    """A Plotly template: `layout.template` of every figure, whether drawn by the server or in the page."""
    return {
        "layout": {
            "font": {"family": FONT_FAMILY, "size": FONT_PX, "color": color("text", mode)},
            "colorway": [color(role, mode) for role in SERIES_ROLES],
            "paper_bgcolor": color("background", mode),
            "plot_bgcolor": color("background", mode),
            "separators": f".{THIN_SPACE}",
            "dragmode": False,  # a finger on the chart scrolls the page
            "title": _title(),
            "margin": {"l": 52, "r": 12, "t": 44, "b": BOTTOM_PX, "pad": 0},
            "legend": _legend(),
            "xaxis": _axis(mode, showgrid=False),
            "yaxis": _axis(mode, showgrid=True),
            "hoverlabel": {
                "bgcolor": color("surface", mode),
                "bordercolor": color("border", mode),
                "font": {"family": FONT_FAMILY, "size": 13, "color": color("text", mode)},
                "align": "left",
            },
            "annotationdefaults": {"font": {"size": SMALL_PX, "color": color("ghost", mode)}, "showarrow": False},
            "modebar": {
                "bgcolor": color("background", mode, 0.8),  # the buttons may overlap a picture
                "color": color("ghost", mode),
                "activecolor": color("primary", mode),
            },
        }
    }


def figure(data: Sequence[Figure], mode: Mode, height: int, title: str = "", **layout: Any) -> Figure:
    """A complete figure in this style."""
    named = {"title": {"text": title}} if title else {}
    return {"data": list(data), "layout": {"template": template(mode), "height": height, **named, **layout}}


def bottom_for(num_rows: int) -> int:
    """The room below the plot, in px, for a legend with that many rows."""
    return BOTTOM_PX + (num_rows - MOST_LEGEND_ROWS) * LEGEND_ROW_PX


def legend_top(height_px: int, bottom_px: int = BOTTOM_PX) -> float:
    """The top of the legend, below the axis title, as a share of the chart's height."""
    return (bottom_px - AXIS_TITLE_PX) / height_px


def legend_room(data: Sequence[Figure], height_px: int = CHART_HEIGHT_PX) -> Figure:
    """Layout of a chart with long names, which are below each other in the legend. `height_px` is the height with a
    legend of the usual three rows."""
    num_rows = sum(1 + trace["name"].count(LINE_BREAK) for trace in data if trace.get("showlegend", True))
    bottom = bottom_for(num_rows)
    height = height_px + bottom - BOTTOM_PX
    legend = {"orientation": "v", "y": legend_top(height, bottom)}
    return {"height": height, "margin": {"b": bottom}, "legend": legend}


def with_legend_rows(figure: Figure, num_rows: int) -> Figure:
    """A figure of the usual height whose legend has fewer rows than most; the plot gets the room."""
    base = figure["layout"]["template"]["layout"]
    bottom = bottom_for(num_rows)
    base["margin"]["b"], base["legend"]["y"] = bottom, legend_top(CHART_HEIGHT_PX, bottom)
    return figure


def large(figure: Figure) -> Figure:
    """A figure to be read from the last row: larger fonts, lines and markers, filling the available height."""
    grown: Figure = _enlarged(figure, LARGE)
    base = grown["layout"]["template"]["layout"]
    base["margin"] |= {"t": LARGE_TOP_PX, "b": LARGE_BOTTOM_PX}
    base["legend"] |= {"y": (LARGE_BOTTOM_PX - LARGE * AXIS_TITLE_PX) / LARGE_HEIGHT_PX}
    grown["layout"]["height"] = LARGE_HEIGHT_PX
    return grown


def _enlarged(part: Any, times: float) -> Any:
    """A figure, or part of one, with larger fonts, margins, lines and markers."""
    if isinstance(part, list):
        return [_enlarged(each, times) for each in part]
    if not isinstance(part, dict):
        return part
    grown = {key: _enlarged(value, times) for key, value in part.items()}
    for key, value in grown.items():
        if key in ("size", "width") or (key in "lrtb" and "pad" in part):
            grown[key] = value * times
    return grown


def _title() -> dict[str, Any]:
    return {
        "font": {"size": TITLE_PX},
        "x": 0,
        "xanchor": "left",
        "xref": "container",
        "y": 1,
        "yanchor": "top",
        "yref": "container",
        "pad": {"t": 10, "l": 4},
    }


def _legend() -> dict[str, Any]:
    """A legend below the plot, where it covers nothing at any width."""
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": legend_top(CHART_HEIGHT_PX),
        "yanchor": "top",
        "yref": "container",
        "font": {"size": 13},
        "bgcolor": "rgba(0, 0, 0, 0)",
        "tracegroupgap": 0,
    }


def _axis(mode: Mode, *, showgrid: bool) -> dict[str, Any]:
    return {
        "showgrid": showgrid,
        "gridcolor": color("border", mode),
        "zeroline": False,
        "showline": True,
        "linecolor": color("border", mode),
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": color("border", mode),
        "tickfont": {"size": SMALL_PX},
        "title": {"font": {"size": 13}, "standoff": 6},
        "automargin": False,
    }

"""The house style of every chart: what each colour means, in light and dark, with fonts, grid and margins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")
Figure = dict[str, Any]

# A colour means one thing everywhere. Roles are told apart by dash or marker too, never by colour alone.
COLORS: Mapping[Mode, Mapping[str, str]] = {
    "light": {
        "background": "#FFFFFF",
        "surface": "#F4F6F8",
        "text": "#1B2530",
        "border": "#DCE2E8",
        "primary": "#1F5FA8",
        "training": "#1F6FB2",
        "validation": "#D1570C",
        "third": "#1A8A6B",
        "fourth": "#8E5BA6",
        "fifth": "#B8860B",
        "ghost": "#5B6470",
        "chance": "#5B6470",
        "estimate": "#5B6470",
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
        "chance": "#9AA5B1",
        "estimate": "#9AA5B1",
    },
}
SERIES_ROLES = ("training", "validation", "third", "fourth", "fifth")

FONT_FAMILY = (
    "'Source Sans', 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"  # the theme's too
)
FONT_PX = 14
SMALL_PX = 12  # nothing is smaller
TITLE_PX = 16
CHART_HEIGHT_PX = 360
BOTTOM_PX = 108  # ticks and axis title, then up to three lines of legend
AXIS_TITLE_PX = 46


def color(role: str, mode: Mode, opacity: float = 1.0) -> str:
    """The colour of a role as CSS text."""
    value = COLORS[mode][role]
    if opacity == 1.0:
        return value
    red, green, blue = (int(value[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def template(mode: Mode) -> dict[str, Any]:
    """A Plotly template: `layout.template` of every figure, whether drawn by the server or in the page."""
    return {
        "layout": {
            "font": {"family": FONT_FAMILY, "size": FONT_PX, "color": color("text", mode)},
            "colorway": [color(role, mode) for role in SERIES_ROLES],
            "paper_bgcolor": color("background", mode),
            "plot_bgcolor": color("background", mode),
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
                "bgcolor": "rgba(0, 0, 0, 0)",
                "color": color("ghost", mode),
                "activecolor": color("primary", mode),
            },
        }
    }


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
    """Below the plot, where it covers nothing on any width."""
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": (BOTTOM_PX - AXIS_TITLE_PX) / CHART_HEIGHT_PX,
        "yanchor": "top",
        "yref": "container",
        "font": {"size": 13},
        "bgcolor": "rgba(0, 0, 0, 0)",
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

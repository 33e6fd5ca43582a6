"""How the scale chart draws a model, a trend, and a run of the lab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.charts import house
from core.charts.evidence import labels
from core.charts.house import Figure, Mode
from core.charts.landmark_table import Own, hover_text
from core.content.numbers import power_text
from core.content.words import Words
from core.facts.tables import Row
from core.survey.fits import year_of
from core.survey.landmarks import DOMAINS, JOINT, Fit, value

OWN_PX, LARGE_PX, SMALL_PX = 16, 11, 7


def points(
    say: Words, rows: Sequence[Row], measure: str, mode: Mode, look: Figure, places: Mapping[str, str]
) -> Figure:
    """Models of one look, with their values on hover and keys on click; `places` positions their names, by key."""
    return {
        "type": "scatter",
        "mode": "markers+text" if places else "markers",
        "x": [day(row) for row in rows],
        "y": [value(row, measure) for row in rows],
        **labels(rows, [row["name"] for row in rows], places),
        "cliponaxis": False,
        "customdata": [[row["key"], hover_text(say, row, measure)] for row in rows],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "marker": look,
        "showlegend": False,
        **_chosen(mode),
    }


def trend(fit: Fit, mode: Mode) -> Figure:
    """A trend from its first point to its last; a straight line, as the axis is logarithmic."""
    assert fit.rise is not None
    ends = (fit.rows[0], fit.rows[-1])
    color, dash, _ = house.run_look(DOMAINS.index(fit.domain) if fit.domain != JOINT else 0, mode)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [day(row) for row in ends],
        "y": [fit.rise.at(year_of(row["published"])) for row in ends],
        "line": {"color": color, "dash": dash, "width": 2},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def own_run(say: Words, own: Own, mode: Mode) -> Figure:
    """A star: a run of the lab, or the survey's own program."""
    flop, published, label = own
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [published],
        "y": [flop],
        "text": [say(f"home.chart.{label}")],
        "textposition": "middle left",
        "marker": {"color": house.color("primary", mode), "symbol": "star", "size": OWN_PX},
        "hovertemplate": power_text(flop) + " FLOP<extra></extra>",
        "showlegend": False,
        **_chosen(mode),
    }


def key(name: str, look: Figure) -> Figure:
    """An entry of the legend that stands for no point."""
    return {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "name": name, "marker": look}


def look(domain: str, mode: Mode, hollow: bool) -> Figure:
    """A field's colour and marker."""
    color, _, shape = house.run_look(DOMAINS.index(domain), mode)
    return {"color": color, "symbol": symbol(shape, hollow), "size": LARGE_PX, "line": {"width": 2 if hollow else 0}}


def grey(mode: Mode, hollow: bool) -> Figure:
    return {"color": house.color("ghost", mode, 0.6), "symbol": symbol("circle", hollow), "size": SMALL_PX}


def symbol(name: str, hollow: bool) -> str:
    return f"{name}-open" if hollow else name


def _chosen(mode: Mode) -> Figure:
    """A point that was clicked grows; the others step back a little, and their labels stay."""
    back = {"marker": {"opacity": 0.7}, "textfont": {"color": house.color("text", mode)}}
    return {"selected": {"marker": {"size": OWN_PX}}, "unselected": back}


def day(row: Row) -> str:
    """Two dates have no day: they stand in the middle of their month, as in the fits."""
    published = str(row["published"])
    return published if len(published) > len("2026-11") else f"{published}-15"

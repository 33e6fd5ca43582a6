"""The points of the scale chart as text: on hover, in the table below it, and on a model's card."""

from __future__ import annotations

import re
from typing import Any

from core.charts.evidence import EPOCH_AI
from core.content.numbers import number_text
from core.content.words import Words
from core.facts.tables import Row
from core.survey.landmarks import is_estimated, standing, value

HOW_WRITTEN = {"compute": "power", "parameters": "count", "data": "count", "cost": "count"}

Own = tuple[float, str, str]  # FLOP of a run of the lab, its day, and the key of its label


def hover_text(say: Words, row: Row, measure: str) -> str:
    """The hover text of a point."""
    known = say(f"home.{standing(row, measure)}")
    return f"<b>{row['name']}</b> · {row['published']}<br>{amount(say, row, measure)} · {known}"


def amount(say: Words, row: Row, measure: str) -> str:
    """A model's value with its unit."""
    number = number_text(value(row, measure), HOW_WRITTEN[measure], say.language)
    unit = f"unit_{slug(row['data_unit'])}" if measure == "data" else f"unit_{measure}"
    return say(f"home.{unit}", number=number)


def slug(name: str) -> str:
    """A name from the facts as the last part of a text key."""
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def table_row(say: Words, row: Row, measure: str) -> dict[str, Any]:
    """The row of a plotted model."""
    source, link = EPOCH_AI if is_estimated(row, measure) else (row["source"], row["source_url"])
    values = {
        "name": row["name"],
        "organisation": row["organisation"],
        "published": row["published"],
        "domain": say(f"home.domain.{row['domain']}"),
        "value": value(row, measure),
        "known": say(f"home.{standing(row, measure)}"),
        "source": source,
        "link": link,
    }
    return {_column(say, name, measure): value for name, value in values.items()}


def own_row(say: Words, own: Own) -> dict[str, Any]:
    """The row of the plotted lab run."""
    flop, day, label = own
    values = {
        "name": say(f"home.chart.{label}"), "organisation": "TrendLab", "published": day,
        "domain": say("home.domain.vision"), "value": flop, "known": say("home.calculated"), "source": "TrendLab",
        "link": "",
    }  # fmt: skip
    return {_column(say, name, "compute"): value for name, value in values.items()}


def _column(say: Words, name: str, measure: str) -> str:
    return say(f"home.table.{measure if name == 'value' else name}")

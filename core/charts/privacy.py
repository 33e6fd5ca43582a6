"""Charts of the page on interpretability and privacy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.charts import house
from core.charts.evidence import AS_OF, Evidence, chart, sources_of, table_row
from core.charts.house import Figure, Mode
from core.content.words import Words
from core.facts.tables import Row, table
from core.survey.membership import loss_edges, loss_shares

DATA_SETS = ("MNIST", "CIFAR-10", "ImageNet")
LABELS = ("bottom right", "top center", "bottom left")  # label positions of the lines, so that they do not touch
EPSILON_TICKS = [0.5, 1, 2, 4, 8]


def cost_evidence(say: Words, mode: Mode, dataset: str = DATA_SETS[0]) -> Evidence:
    """Accuracy against epsilon on one data set; one line per paper and method, to join only comparable points."""
    rows = [row for row in table("privacy_results").values() if row["dataset"] == dataset]
    private = [row for row in rows if row["result_kind"] == "private_accuracy"]
    baselines = [row for row in rows if row["result_kind"] == "baseline_accuracy"]
    data = [_series(say, mode, number, series) for number, series in enumerate(_by_paper(private))]
    x = {"title": {"text": say("privacy.chart.x")}, "type": "log", "tickvals": EPSILON_TICKS, "range": [-0.5, 1.15]}
    y = {"title": {"text": say("privacy.chart.y")}, "ticksuffix": "%", "range": _y_range(rows)}
    lines = [
        house.level_line(say("privacy.chart.baseline", paper=_paper(row)), row.number("value"), mode, "start")
        | {"layer": "above"}  # it may coincide with a grid line
        for row in baselines
    ]
    return Evidence(
        figure=chart(
            data, say("privacy.chart.title", dataset=dataset), x, y, mode, shapes=lines, showlegend=True, legend_lines=3
        ),
        alt=say("privacy.chart.alt", dataset=dataset, n=len(private)),
        rows=[_table_row(say, row) for row in [*private, *baselines]],
        sources=sources_of(private),
        as_of=AS_OF,
    )


def losses_evidence(say: Words, mode: Mode, members: Sequence[float], others: Sequence[float]) -> Evidence:
    """The distributions of the losses of training and validation images, each in percent of its images."""
    edges, spread = loss_edges(), {"training": loss_shares(members), "validation": loss_shares(others)}
    data = []
    for (role, shares), dash in zip(spread.items(), ("solid", "dash"), strict=True):
        data.append(
            {
                "type": "scatter", "mode": "lines", "name": say(f"privacy.losses.{role}"),
                "x": edges.tolist(), "y": [*shares.tolist(), float(shares[-1])],
                "line": {"shape": "hv", "color": house.color(role, mode), "dash": dash, "width": 2},
                "fill": "tozeroy", "fillcolor": house.color(role, mode, 0.15),
                "hovertemplate": say("privacy.losses.hover"),
            }
        )  # fmt: skip
    x = {"title": {"text": say("privacy.losses.x")}, "dtick": 1, **house.POWERS}
    y = {"title": {"text": say("privacy.losses.y")}, "ticksuffix": "%", "rangemode": "tozero"}
    heads = [say(f"privacy.losses.{name}") for name in ("from", "to", "training_percent", "validation_percent")]
    cells = zip(edges[:-1].tolist(), edges[1:].tolist(), *(shares.tolist() for shares in spread.values()), strict=True)
    return Evidence(
        figure=chart(data, say("privacy.losses.title"), x, y, mode),
        alt=say("privacy.losses.alt"),
        rows=[dict(zip(heads, row, strict=True)) for row in cells],
        sources=[(say("privacy.losses.source"), "")],
        as_of="",
    )


def _by_paper(rows: Sequence[Row]) -> list[list[Row]]:
    series: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        series.setdefault((row["source"], row["method"], row["public_data"]), []).append(row)
    return [sorted(some, key=lambda row: row.number("epsilon")) for some in series.values()]


def _series(say: Words, mode: Mode, number: int, rows: Sequence[Row]) -> Figure:
    first, color = rows[0], house.color(house.SERIES_ROLES[number], mode)
    _, dash, symbol = house.run_look(number, mode)
    public = "" if first["public_data"] == "none" else say("privacy.chart.public")
    return {
        "type": "scatter",
        "mode": "lines+markers+text",
        "name": say("privacy.chart.series", method=first["method"], paper=_paper(first), public=public),
        "x": [row.number("epsilon") for row in rows],
        "y": [row.number("value") for row in rows],
        "text": [f"{row.number('value'):g}%" for row in rows],
        "textposition": LABELS[number % len(LABELS)],
        "textfont": {"size": house.SMALL_PX, "color": color},
        "line": {"color": color, "dash": dash},
        "marker": {"color": color, "symbol": symbol, "size": 11},
        "customdata": [row.text("setting", say.language) for row in rows],
        "hovertemplate": "ε = %{x} · %{y}%<br>%{customdata}<extra></extra>",
    }


def _y_range(rows: Sequence[Row]) -> list[float]:
    """The range of the y axis, with room for the labels."""
    values = [row.number("value") for row in rows if row["unit"] == "test accuracy (%)"]
    room = 0.25 * (max(values) - min(values))
    return [min(values) - room, min(100.5, max(values) + room)]


def _paper(row: Row) -> str:
    """Authors and year, from the end of the source: `Title (Abadi et al., 2016)`."""
    return str(row["source"]).rsplit("(", 1)[1].removesuffix(")")


def _table_row(say: Words, row: Row) -> dict[str, Any]:
    return table_row(
        say, "privacy.table", dataset=row["dataset"], method=row["method"], epsilon=row["epsilon"],
        delta=row["delta"], accuracy=row["value"], setting=row.text("setting", say.language), paper=_paper(row),
        source=row["source_url"],
    )  # fmt: skip

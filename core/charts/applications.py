"""Charts of the page on applications."""

from __future__ import annotations

from typing import Any

from core.charts import house
from core.charts.evidence import AS_OF, EVIDENCE_HEIGHT_PX, Evidence, chart, sources_of, table_row
from core.charts.house import Figure, Mode
from core.content.words import Words
from core.facts.tables import Row, table
from core.survey.base_rates import TEST, published_test, screened
from core.survey.strategies import DAYS_A_MONTH, DAYS_A_YEAR, race

SPEECH = "LibriSpeech test-clean"
SHORT = {  # names on a chart, as in the paper if there is room
    "librispeech_test_clean_deep_speech_2": "middle right",
    "librispeech_test_clean_specaugment_las": "top center",
    "librispeech_test_clean_conformer_l": "bottom left",
    "librispeech_test_clean_wav2vec_2_0_large": "top right",
    "librispeech_test_clean_hubert_x_large": "bottom center",
}
PEOPLE, COLUMNS = 1_000, 40
LEGEND_PX = 100  # four lines on a phone, without an axis above
LEGEND_TOP = (LEGEND_PX - 6) / EVIDENCE_HEIGHT_PX
GROUPS = (  # the people tested: colour role and marker of each group
    ("found", "validation", "square"),
    ("alarmed", "training", "square-open"),
    ("missed", "fourth", "diamond"),
    ("cleared", "ghost", "circle-open"),
)
MONTHS = DAYS_A_YEAR // DAYS_A_MONTH


def speech_evidence(say: Words, mode: Mode) -> Evidence:
    """Word error rate on read English books over time, and that of people on the same recordings."""
    rows = [row for row in table("nlp_benchmarks").values() if row["benchmark"] == SPEECH]
    x = {"title": {"text": say("applications.speech.x")}, "type": "date", "range": ["2015-06", "2024-06"]}
    y = {"title": {"text": say("applications.speech.y")}, "ticksuffix": "%", "range": [0, 7]}
    human = house.level_line(say("applications.speech.human"), rows[0].number("human_baseline"), mode, yanchor="top")
    figure = chart(
        [_systems(say, rows, mode)], say("applications.speech.title"), x, y, mode, shapes=[human], showlegend=False,
        margin={"b": house.AXIS_TITLE_PX},
    )  # fmt: skip
    return Evidence(
        figure=figure,
        alt=say("applications.speech.alt"),
        rows=[_speech_row(say, row) for row in rows],
        sources=sources_of(rows),
        as_of=AS_OF,
    )


def base_rate_evidence(say: Words, mode: Mode, percent_ill: float = 10.0) -> Evidence:
    """A thousand people and their test results, as marks."""
    groups = screened(*published_test(), percent_ill / 100, PEOPLE)
    data, rows, start = [], [], 0
    for name, role, symbol in GROUPS:
        count = getattr(groups, name)
        label = say(f"applications.base.{name}", n=count)
        data.append(_marks(label, range(start, start + count), house.color(role, mode), symbol))
        rows.append({say("applications.base.group"): label, say("applications.base.people"): count})
        start += count
    hidden = {"visible": False, "fixedrange": True}
    x, y = hidden | {"range": [-1, COLUMNS]}, hidden | {"range": [PEOPLE / COLUMNS, -1]}
    positive = groups.found + groups.alarmed
    title = say("applications.base.title", positive=positive, found=groups.found)
    return Evidence(
        figure=chart(
            data, title, x, y, mode, hovermode=False, legend={"y": LEGEND_TOP}, margin={"b": LEGEND_PX, "l": 12}
        ),
        alt=say("applications.base.alt", positive=positive, found=groups.found),
        rows=rows,
        sources=sources_of([table("applications")[TEST]]),
        as_of=AS_OF,
    )


def race_evidence(say: Words, mode: Mode, strategies: int, market: int) -> Evidence:
    """The best of many strategies over two years, and the mean of all. `market` is the seed."""
    run = race(strategies, market)
    best, mean = house.color("primary", mode), house.color("ghost", mode)
    names = {each: say(f"applications.race.{each}") for each in ("best", "mean")}
    data = [
        _worth(names["best"], run.best.tolist(), {"color": best, "width": 3}),
        _worth(names["mean"], run.mean.tolist(), {"color": mean, "dash": "dot", "width": 2}),
    ]
    at_the_top = {"textposition": "end", "textangle": 0, "yanchor": "top", "xanchor": "right"}
    chosen = house.upright_line(say("applications.race.chosen"), MONTHS, mode, **at_the_top)
    x = {"title": {"text": say("applications.race.x")}, "tickvals": [0, 6, 12, 18, 24]}
    y = {"title": {"text": say("applications.race.y")}}
    worth = zip(run.best, run.mean, strict=True)
    return Evidence(
        figure=chart(data, say("applications.race.title"), x, y, mode, shapes=[chosen]),
        alt=say("applications.race.alt"),
        rows=[
            {
                say("applications.race.x"): month,
                names["best"]: round(float(first), 2),
                names["mean"]: round(float(all_), 2),
            }
            for month, (first, all_) in enumerate(worth)
        ],
        sources=[(say("applications.race.source", n=market), "")],
        as_of="",
    )


def _systems(say: Words, rows: list[Row], mode: Mode) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [row["published"] for row in rows],
        "y": [row.number("score") for row in rows],
        "text": [row["model"] for row in rows],
        "textposition": [SHORT.get(row["key"], "top center") for row in rows],
        "textfont": {"size": house.SMALL_PX},
        "cliponaxis": False,
        "marker": {"color": house.color("training", mode), "size": 12},
        "hovertemplate": "%{text}<br>" + say("applications.speech.hover") + "<extra></extra>",
    }


def _marks(name: str, places: range, color: str, symbol: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [place % COLUMNS for place in places],
        "y": [place // COLUMNS for place in places],
        "marker": {"color": color, "symbol": symbol, "size": 7},
    }


def _worth(name: str, worth: list[float], line: Figure) -> Figure:
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": list(range(len(worth))), "y": worth, "line": line,
        "hovertemplate": "%{y:.0f}<extra></extra>",
    }  # fmt: skip


def _speech_row(say: Words, row: Row) -> dict[str, Any]:
    return table_row(
        say, "applications.table", model=row["model"], published=row["published"], errors=row["score"],
        human=row["human_baseline"], source=row["source_url"],
    )  # fmt: skip

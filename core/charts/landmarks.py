"""The scale chart of Home: landmark models on one measure against the date of their publication."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial

from core.charts import house
from core.charts import landmark_marks as marks
from core.charts.evidence import AS_OF, EPOCH_AI, Evidence, chart, name_apart, sources_of
from core.charts.house import Figure, Mode
from core.charts.landmark_table import Own, own_row, table_row
from core.content.words import Words
from core.facts.tables import Row
from core.survey.landmarks import ALL, DOMAINS, FIRST_YEAR, fits, in_view, is_estimated, is_mixture, value

LABELLED = {
    "lenet_5": "middle right", "alexnet": "middle left", "resnet_152": "middle left", "alphago_lee": "top left",
    "transformer_big": "bottom right", "bert_large": "bottom right", "gpt_3_175b": "middle left",
    "alphafold_2": "bottom right", "gpt_4": "middle left", "llama_3_1_405b": "middle right",
    "deepseek_v3": "middle right", "grok_4": "top center",
}  # fmt: skip
POINTED_AT = {"llama_3_1_405b": (-95, -30), "deepseek_v3": (-115, 4)}  # pixels, see `name_apart`
DECADES_A_TICK = {"compute": 2, "parameters": 1, "data": 1, "cost": 1}
FEW_LABELLED = {  # among very many points
    "compute": {
        "lenet_5": "middle right", "alexnet": "middle left", "alphago_lee": "top left", "gpt_3_175b": "middle left",
        "gpt_4": "middle left", "grok_4": "top center",
    },
    "parameters": {
        "lenet_5": "bottom right", "alexnet": "middle left", "word2vec_large": "middle left", "dqn": "middle left",
        "gpt_3_175b": "middle left",
    },
    "data": {
        "gpt_3_175b": "bottom right", "pangu_alpha_200b": "middle right", "lamda": "top center",
        "llama_65b": "bottom right", "qwen3_max": "top center",
    },
    "cost": {
        "alexnet": "middle right", "alphago_lee": "top left", "transformer_big": "bottom right",
        "gpt_3_175b": "middle left", "gpt_4": "middle left", "deepseek_v3": "bottom center", "grok_4": "top center",
    },
}  # fmt: skip
HEIGHT_PX, BOTTOM_PX = 520, 132  # four lines of legend, as on a phone
LEGEND_ENTRY_PX = 68  # two columns on a phone
ROOM_BEFORE, ROOM_AFTER = 0.06, 0.12  # shares of the range of dates, for labels


def opening_evidence(say: Words, mode: Mode, own: Own) -> Evidence:
    """Training compute: twelve labelled models, the others small and grey, and one run of the lab."""
    rows = in_view("compute")
    twelve, others = [row for row in rows if row["key"] in LABELLED], [r for r in rows if r["key"] not in LABELLED]
    data = _points(say, others, "compute", mode, partial(marks.grey, mode), {})
    data += _fields(say, twelve, "compute", mode)
    data += [
        marks.key(say("home.chart.others"), marks.grey(mode, hollow=False)),
        *_ends(say, rows, "compute", own, mode),
    ]
    alt = say("home.chart.alt_twelve", n=len(rows))
    return _evidence(
        say, mode, "compute", rows, data, alt, own, [_name(row, mode) for row in twelve if row["key"] in POINTED_AT]
    )


def all_evidence(
    say: Words, mode: Mode, measure: str, domain: str = ALL, since: int = FIRST_YEAR, own: Own | None = None
) -> Evidence:
    """All models with a value, by field, with trends where there are any."""
    rows = in_view(measure, domain, since)
    data = [marks.trend(each, mode) for each in fits(measure, domain, since) if each.rise]
    single = [row for row in rows if not _is_apart(row, measure)]
    data += _fields(say, single, measure, mode)
    if len(single) < len(rows):
        data += _mixtures(say, [row for row in rows if _is_apart(row, measure)], measure, mode)
    data += _ends(say, rows, measure, own, mode)
    alt = say("home.chart.alt_all", n=len(rows), measure=say(f"home.measure.{measure}"))
    return _evidence(say, mode, measure, rows, data, alt, own)


def _evidence(
    say: Words, mode: Mode, measure: str, rows: Sequence[Row], data: list[Figure], alt: str, own: Own | None,
    names: Sequence[Figure] = (),
) -> Evidence:  # fmt: skip
    days = [marks.day(row) for row in rows] + ([own[1]] if own else [])
    x = {"title": {"text": say("home.chart.x")}, "type": "date", "range": _around(min(days), max(days))}
    y = {"title": {"text": say(f"home.chart.{measure}")}, "dtick": DECADES_A_TICK[measure], **house.POWERS}
    papers = sources_of(_split(rows, measure, hollow=False))
    has_estimates = any(is_estimated(row, measure) for row in rows)
    return Evidence(
        figure=chart(data, say(f"home.title_of.{measure}"), x, y, mode, annotations=list(names), **_room()),
        alt=alt,
        rows=[*(table_row(say, row, measure) for row in rows), *([own_row(say, own)] if own else [])],
        sources=[EPOCH_AI, *papers] if has_estimates else papers,
        as_of=AS_OF,
        licence=say("home.chart.licence"),
    )


def _name(row: Row, mode: Mode) -> Figure:
    return name_apart(row["name"], marks.day(row), math.log10(value(row, "compute")), POINTED_AT[row["key"]], mode)


def _around(first: str, last: str) -> list[str]:
    """A range of dates from before the first to after the last, with room for labels."""
    ends = date.fromisoformat(first), date.fromisoformat(last)
    width = ends[1] - ends[0] + timedelta(days=365)
    return [str(ends[0] - width * ROOM_BEFORE), str(ends[1] + width * ROOM_AFTER)]


def _room() -> Figure:
    legend = {"y": house.legend_top(HEIGHT_PX, BOTTOM_PX), "entrywidth": LEGEND_ENTRY_PX, "xref": "container"}
    return {"height": HEIGHT_PX, "margin": {"b": BOTTOM_PX}, "legend": legend}


def _fields(say: Words, rows: Sequence[Row], measure: str, mode: Mode) -> list[Figure]:
    """For each field its reported and its estimated points, and one entry of the legend."""
    data: list[Figure] = []
    labels = FEW_LABELLED[measure]
    if len(rows) <= len(LABELLED):
        labels = {row["key"]: LABELLED.get(row["key"], "top center") for row in rows if row["key"] not in POINTED_AT}
    for domain in DOMAINS:
        mine = [row for row in rows if row["domain"] == domain]
        data += _points(say, mine, measure, mode, partial(marks.look, domain, mode), labels)
        if mine:
            data.append(marks.key(say(f"home.domain.{domain}"), marks.look(domain, mode, hollow=False)))
    return data


def _mixtures(say: Words, rows: Sequence[Row], measure: str, mode: Mode) -> list[Figure]:
    """Grey diamonds: sizes that are not comparable with the others."""

    def look(hollow: bool) -> Figure:
        return marks.grey(mode, hollow) | {"symbol": marks.symbol("diamond-tall", hollow), "size": marks.LARGE_PX}

    return [*_points(say, rows, measure, mode, look, {}), marks.key(say("home.chart.mixtures"), look(False))]


def _ends(say: Words, rows: Sequence[Row], measure: str, own: Own | None, mode: Mode) -> list[Figure]:
    """Entries that belong to no field: the meaning of hollow markers, and a run of the lab."""
    data: list[Figure] = []
    if any(is_estimated(row, measure) for row in rows):
        look = {"color": house.color("text", mode), "symbol": "circle-open", "size": marks.LARGE_PX}
        data.append(marks.key(say("home.chart.hollow"), look))
    if own:
        data.append(marks.own_run(say, own, mode))
    return data


def _points(
    say: Words, rows: Sequence[Row], measure: str, mode: Mode, look: Callable[[bool], Figure], places: Mapping[str, str]
) -> list[Figure]:
    """The reported points, and the estimated ones, which are hollow."""
    parts = ((hollow, _split(rows, measure, hollow)) for hollow in (False, True))
    return [marks.points(say, part, measure, mode, look(hollow), places) for hollow, part in parts if part]


def _split(rows: Sequence[Row], measure: str, hollow: bool) -> list[Row]:
    return [row for row in rows if is_estimated(row, measure) is hollow]


def _is_apart(row: Row, measure: str) -> bool:
    """Whether this value is not comparable with its neighbours'."""
    return measure == "parameters" and is_mixture(row)

"""The lab report as HTML: opening it loads nothing, and text by learners is escaped."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from core.charts import house
from core.charts.house import Figure
from core.charts.svg import figure_html
from core.content.numbers import half_up
from core.content.words import Words, language_tag
from core.diagnosis.numbers import RunNumbers
from core.diagnosis.shape import GUESSES
from core.diagnosis.trouble import find_trouble
from core.interpret.results import precision_and_recall
from core.report.findings import guess_text, story_sentences, trouble_text
from core.report.style import STYLE
from core.training import Evaluation

# The browser must load and run nothing, whatever the page contains.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
FULL_CELL = 0.5  # opacity of a cell with all images of its row, on which black digits stay readable
LINES_TO_WRITE = 6


@dataclass(frozen=True)
class LabReport:
    """The content of a report. `figures` are those of the Train page, in light mode; `counts` is the confusion matrix
    (classes, classes) after `epoch`; `settings` and `sources` are (name, value) and (text, address or empty);
    `code_svg` is a QR code of the link."""

    title: str
    author: str
    notes: str
    written_on: str
    trained_on: str
    guess: str
    settings: Sequence[tuple[str, str]]
    numbers: RunNumbers
    figures: Mapping[str, Figure]
    epoch: int
    counts: NDArray[np.int64]  # true class by prediction; the rows are the first names of `classes`
    classes: Sequence[str]
    sources: Sequence[tuple[str, str]]
    program: str
    link: str
    code_svg: str


def report_html(say: Words, report: LabReport) -> str:
    """A whole page, to be kept as UTF-8."""
    title = escape(f"{say('report.title')} · {report.title}")
    tag = language_tag(say.language)
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{STYLE}</style>'
    )
    sections = "\n".join(
        f'<section class="{key}"><h2>{escape(say(f"report.{key}"))}</h2>{body}</section>'
        for key, body in _sections(say, report)
    )
    body = f"{_top(say, report)}\n{sections}"
    return f'<!doctype html>\n<html lang="{tag}">\n<head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _top(say: Words, report: LabReport) -> str:
    fields = {"author": report.author, "written_on": report.written_on, "trained_on": report.trained_on}
    parts = "".join(
        f"<div><dt>{escape(say(f'report.{key}'))}</dt><dd>{escape(text)}</dd></div>" for key, text in fields.items()
    )
    kind = escape(say("report.title"))
    return f'<header><p>TrendLab · {kind}</p><h1>{escape(report.title)}</h1><dl class="top">{parts}</dl></header>'


def _sections(say: Words, report: LabReport) -> Iterator[tuple[str, str]]:
    yield "prediction", _prediction(say, report)
    yield "settings", _pairs(report.settings)
    yield "curves", "".join(_figure(say, name, figure) for name, figure in report.figures.items())
    yield "results", _results(say, report.numbers)
    yield "confusion", _confusion(say, report)
    yield "findings", _findings(say, report.numbers)
    yield "notes", _notes(report.notes)
    yield "reopen", f'<p class="link"><a href="{escape(report.link)}">{escape(report.link)}</a></p>{report.code_svg}'
    yield "sources", f"<ul>{''.join(f'<li>{_source(*each)}</li>' for each in report.sources)}</ul>"
    yield "program", f"<p>{escape(say('report.program_about'))}</p><pre>{escape(report.program)}</pre>"


def _prediction(say: Words, report: LabReport) -> str:
    if report.guess not in GUESSES:
        return _paragraph(say("report.no_prediction"))
    label, means = (say(f"shape.{report.guess}.{part}") for part in ("label", "means"))
    expected = say("report.expected", guess=label, means=means)
    verdict = guess_text(say, report.guess, report.numbers, find_trouble(report.numbers))
    return _paragraph(expected) + (_paragraph(verdict[0]) if verdict else "")


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    items = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="pairs">{items}</dl>'


def _figure(say: Words, name: str, figure: Figure) -> str:
    return figure_html(f"plot-{name}", figure, say("report.curve", name=say(f"live.{name}.title")))


def _results(say: Words, numbers: RunNumbers) -> str:
    if not numbers.evaluations:
        return _paragraph(say("story.accuracy.none"))
    columns = ("which", "train_loss", "val_loss", "train_accuracy", "val_accuracy")
    head = "".join(f'<th scope="col">{escape(say(f"report.columns.{column}"))}</th>' for column in columns)
    rows = _measured(say, "last", numbers.last) + _measured(say, "best", numbers.best)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return table + _paragraph(say("report.means"))


def _measured(say: Words, which: str, measured: Evaluation) -> str:
    numbers = (
        _loss(measured.train_loss), _loss(measured.val_loss),
        half_up(measured.train_accuracy, ".1%"), half_up(measured.val_accuracy, ".1%"),
    )  # fmt: skip
    cells = "".join(f"<td>{number}</td>" for number in numbers)
    return f'<tr><th scope="row">{escape(say(f"report.{which}", epoch=measured.epoch))}</th>{cells}</tr>'


def _loss(loss: float) -> str:
    """A last update that broke the weights leaves none."""
    return f"{loss:.4f}" if math.isfinite(loss) else "–"


def _confusion(say: Words, report: LabReport) -> str:
    counts, names = report.counts, list(map(escape, report.classes))
    precision, recall = precision_and_recall(counts)
    head = "".join(f'<th scope="col">{name}</th>' for name in names[: counts.shape[1]])
    found, right = escape(say("report.recall")), escape(say("report.precision"))
    rows = "".join(
        f'<tr><th scope="row">{name}</th>{_cells(row, here)}<td class="share">{_share(recall[here])}</td></tr>'
        for here, (name, row) in enumerate(zip(names, counts, strict=False))
    )
    last = "".join(f'<td class="share">{_share(each)}</td>' for each in precision)
    last += "<td></td>" * (counts.shape[1] - len(counts) + 1)
    about = say("report.confusion_about", epoch=report.epoch, right=int(counts.trace()), n=int(counts.sum()))
    return (
        f'{_paragraph(about)}<table class="matrix"><thead><tr><td></td>{head}<th scope="col">{found}</th></tr></thead>'
        f'<tbody>{rows}<tr><th scope="row">{right}</th>{last}</tr></tbody></table>'
    )


def _cells(row: NDArray[np.int64], here: int) -> str:
    whole = max(1, int(row.sum()))
    primary = house.color("primary", "light")
    return "".join(
        f"<td{' class=right' if there == here else ''} "
        f'style="background:{house.faded(primary, round(FULL_CELL * int(count) / whole, 3))}">{count or "·"}</td>'
        for there, count in enumerate(row)
    )


def _share(share: float) -> str:
    return "–" if np.isnan(share) else half_up(share, ".0%")


def _findings(say: Words, numbers: RunNumbers) -> str:
    html, trouble = _paragraph(say("language.gap").join(story_sentences(say, numbers))), find_trouble(numbers)
    if trouble:
        html += f"<p><strong>{escape(say(trouble.key('title')))}</strong><br>{escape(trouble_text(say, trouble))}</p>"
    return html


def _notes(notes: str) -> str:
    """Where nothing was typed there are lines to write on."""
    return f'<p class="typed">{escape(notes)}</p>' if notes.strip() else "<hr>" * LINES_TO_WRITE


def _source(text: str, address: str) -> str:
    return escape(text) + (f' <a href="{escape(address)}">{escape(address)}</a>' if address else "")


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"

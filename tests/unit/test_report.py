"""The lab report loads and runs nothing, and its numbers and curves are those of the run."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from core.charts import house
from core.charts.house import Figure
from core.charts.svg import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, figure_html
from core.charts.training import CurveRun, RunPoints, filled, training_figures
from core.content.words import Words, languages
from core.diagnosis.numbers import RunNumbers
from core.diagnosis.trouble import find_trouble
from core.report.findings import story_sentences, trouble_text
from core.report.lab_report import LabReport, report_html
from tests.trained import MLP, made_up, trained_numbers

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
FETCHING = {"script", "img", "link", "iframe", "object", "embed", "video", "audio", "source", "image", "use"}
POLICY = {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"}
LINK, SOURCE = "http://localhost/understand?network=1&at_epoch=4", "https://example.org/?a=1&b=2"
CONFIG = MLP.replaced(epochs=4)
COUNTS = np.diag([30] * 9 + [0]) + np.eye(10, k=1, dtype=int) * 3


class Read(HTMLParser):
    """The tags with their attributes, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def drawn(numbers: RunNumbers, language: str = "en") -> dict[str, Figure]:
    run = CurveRun("r", "run", numbers.steps_per_epoch, len(numbers.losses))
    losses = [[step, float(loss) if np.isfinite(loss) else None] for step, loss in enumerate(numbers.losses)]
    points = RunPoints(losses, 0, [vars(each) for each in numbers.evaluations])
    return filled(training_figures(run, [], Words(language).by_prefix("live"), "light"), [run], {"r": points})


def report(language: str) -> LabReport:
    numbers = trained_numbers(CONFIG)
    return LabReport(
        title=HOSTILE, author=HOSTILE, notes=f"one\ntwo {HOSTILE}", written_on="2026-11-26", trained_on="2026-11-25",
        guess="falls_at_once", settings=[("Seed", "0"), (HOSTILE, HOSTILE)], numbers=numbers,
        figures=drawn(numbers, language), epoch=4, counts=COUNTS, classes=[HOSTILE, *"123456789"],
        sources=[(HOSTILE, SOURCE)], program='if a < b:\n    print("x")', link=LINK, code_svg="<svg></svg>",
    )  # fmt: skip


@pytest.mark.parametrize("language", languages())
def test_what_a_learner_typed_is_shown_and_never_run(language: str) -> None:
    page = Read(report_html(Words(language), report(language)))
    assert not FETCHING & {tag for tag, _ in page.tags}
    assert not [name for _, given in page.tags for name in given if name.startswith("on") or name == "src"]
    assert page.text.count(HOSTILE) == 9  # title twice, author, notes, setting twice, class twice, source
    assert ("meta", POLICY) in page.tags
    assert {given["href"] for tag, given in page.tags if tag == "a"} == {LINK, SOURCE}


def test_the_numbers_are_those_of_the_run() -> None:
    say, run = Words("en"), trained_numbers(CONFIG)
    fallen = replace(run, evaluations=(*run.evaluations[:-1], replace(run.last, val_accuracy=0.5)))
    text = Read(report_html(say, replace(report("en"), numbers=fallen))).text
    for name, each in (("last", fallen.last), ("best", fallen.best)):
        heading = say(f"report.{name}", epoch=each.epoch)
        told = f"{each.train_loss:.4f}{each.val_loss:.4f}{each.train_accuracy:.1%}{each.val_accuracy:.1%}"
        assert heading + told in text
    assert f"{COUNTS.trace()} of {COUNTS.sum()}" in text
    assert "1·303" + "·" * 7 + "91%2" in text  # a class with its row and its recall
    assert "9" + "·" * 10 + "–" in text
    assert "100%" + "91%" * 8 + "0%" in text  # precision
    assert "Well guessed" in text or "You expected" in text


@pytest.mark.parametrize("language", languages())
def test_what_was_found_is_told_with_the_curves_and_the_program(language: str) -> None:
    say, swings = Words(language), made_up(losses=np.repeat([2.3, 0.3, 0.9, 0.3, 0.9], 90).astype(np.float32))
    trouble = find_trouble(swings)
    assert trouble is not None
    page = Read(report_html(say, replace(report(language), numbers=swings)))
    found = (say("report.means"), *story_sentences(say, swings), say(trouble.key("title")), trouble_text(say, trouble))
    for text in found:
        assert text in page.text
    assert 'if a < b:\n    print("x")' in page.text
    assert [tag for tag, _ in page.tags].count("figure") == 2


@pytest.mark.parametrize("language", languages())
def test_weights_that_the_last_update_broke_have_no_loss(language: str) -> None:
    broken = made_up(val_loss=math.nan, val_accuracy=0.1, logit_spread=math.nan)
    text = Read(report_html(Words(language), replace(report(language), numbers=broken, figures={}))).text
    assert "0.3000–90.0%10.0%" in text
    assert "nan" not in text


def test_without_notes_there_are_lines_to_write_on() -> None:
    page = Read(report_html(Words("en"), replace(report("en"), notes=" \n", guess="")))
    assert [tag for tag, _ in page.tags].count("hr") == 6
    assert "No curve was predicted" in page.text


def test_a_point_lies_where_its_number_says() -> None:
    run = trained_numbers(CONFIG)
    svg = figure_html("plot", drawn(run)["accuracy"], "alt").split("</svg>")[0]
    diamonds = re.findall(r"translate\(([\d.]+) ([\d.]+)\) scale\(3.5\)", svg)
    assert len(diamonds) == len(run.evaluations)
    for (x, y), measured in zip(diamonds, run.evaluations, strict=True):
        share = (HEIGHT - BOTTOM - float(y)) / (HEIGHT - BOTTOM - TOP) * 1.02
        epochs = (float(x) - LEFT) / (WIDTH - LEFT - RIGHT) * 4 * 1.015
        assert share == pytest.approx(measured.val_accuracy, abs=0.001)
        assert epochs == pytest.approx(measured.epoch, abs=0.01)


def test_a_curve_that_is_no_number_any_more_just_ends() -> None:
    losses = np.array([2.3, 2.2, 40.0, np.nan, np.nan, 2.1, np.inf], np.float32)
    svg = figure_html("plot", drawn(made_up(epochs=1, losses=losses))["loss"], "alt")
    assert not re.findall(r"\b(nan|inf)\b", svg)


@pytest.mark.parametrize("language", languages())
def test_a_loss_beyond_all_numbers_is_drawn_on_powers_of_ten(language: str) -> None:
    texts = Words(language).by_prefix("live")
    run = CurveRun("r", "run", steps_per_epoch=45, total_steps=450, ended_at=5)
    points = RunPoints([[0, 1.0], [1, 10.0], [2, 1e4], [3, 1e12], [4, None]])
    figures = filled(training_figures(run, [], texts, "light"), [run], {"r": points})
    svg = figure_html("plot", figures["loss"], "alt")
    heights = [float(y) for y in re.findall(r"translate\([\d.]+ ([\d.]+)\) scale\(3\)", svg)]
    powers = [13 * (HEIGHT - BOTTOM - y) / (HEIGHT - BOTTOM - TOP) for y in heights]
    assert powers == pytest.approx([0, 1, 4, 12], abs=0.01)
    assert ">10¹⁰<" in svg
    for drawing in (svg, figure_html("plot", figures["accuracy"], "alt")):
        assert texts["ended"].format(step=5) in drawing
        assert re.findall(r">([1-5])<", drawing)[-5:] == list("12345")  # steps, as no epoch was done


def test_the_words_of_a_changed_rate_run_along_their_line() -> None:
    run = CurveRun("r", "run", steps_per_epoch=4, total_steps=8, changes=((4, 0.1), (8, 0.01)))
    svg = figure_html(
        "plot", filled(training_figures(run, [], Words("en").by_prefix("live"), "light"), [run], {})["loss"], ""
    )
    places = re.findall(r'x="([\d.]+)"[^>]*rotate\(-90[^>]*>rate', svg)
    assert len(places) == 2
    assert all(LEFT < float(x) < WIDTH - house.SMALL_PX for x in places)

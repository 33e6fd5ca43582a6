"""Every text in every language: no unused key, no missing key, and the same placeholders."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest

from core import errors
from core.catalog import KINDS, specs
from core.content.words import Words, languages, preferred_language, texts
from core.errors import TrendLabError
from core.facts.tables import FOLDER, table
from core.settings import PROJECT

ENGLISH, CHINESE = texts("en"), texts("zh")
HAN_THEN_ASCII = re.compile(r"[\u3400-\u9fff][,.;:!?]")
GROUPED_BY_COMMA = re.compile(r"\b\d{1,3},\d{3}\b")
HYPHEN_AS_MINUS = re.compile(r"[\u3400-\u9fff]-\d")
TYPED_SPACE = re.compile(r"[\u3400-\u9fff] +(?:\*\*)?[A-Za-z0-9{(Α-ω±]|[A-Za-z0-9}%)Α-ω](?:\*\*)? +[\u3400-\u9fff]")

SAMPLES = [
    errors.TrendLabError("The message."),
    errors.InvalidConfig("epochs", "a whole number from 1 to 50", "many"),
    errors.InvalidSetting("TRENDLAB_WORKERS", "a whole number", "many"),
    errors.DatasetError("digits", "No space left on device"),
    errors.DatasetGone("own_2_0123456789ab"),
    errors.DatasetChanged("mnist"),
    errors.OwnSetRefused("encrypted"),  # each problem is worded in tests/datasets/uploads.py
    errors.DatasetUnavailable("mnist", "example.org", "/data", "timed out"),
    errors.DatasetCorrupt("mnist", "images.gz", "too short"),
    errors.ContentError("quiz/deep.toml", 7, "no right answer"),
    errors.PictureTooLarge(10.0, 12.3),
    errors.PictureUnknown(),
    errors.PictureTooManyPixels(24.0, 100.0),
    errors.PictureTooSmall(8, 1, 1),
    errors.PictureEmpty(),
    errors.PictureDamaged("image file is truncated"),
    errors.InspectionFailed("resnet50", "TimeoutError"),
    errors.CheckpointError("These bytes are no checkpoint."),
    errors.RunNotFound("0" * 32),
    errors.RunOutdated(),
    errors.RunRefused(1.25, 0.5),
    errors.TooMuchMemory(590, 400),
    errors.WorkerDied(3),
    errors.TooManyRuns(4),
    errors.QueueFull(4000.0, 3600.0),
    errors.NoWorkers(),
    errors.WorkersAway(),
    errors.WorkersEnd("exit code -9"),
    errors.StoreInUse("/home"),
    errors.StoreUnavailable("database is locked"),
    errors.StoreTooNew("0009", "0001"),
    errors.HomeUnwritable("/home", "Permission denied"),
    errors.HomeGone("/home"),
]
NEVER_SHOWN = {
    errors.RunError,  # only its kinds are raised
    errors.StoreError,
    errors.PictureError,
    errors.InvalidSetting,  # stops the app before there is a page
    errors.NotInOnnx,  # never shown; a test exports every network
}

PLACES = ("core/**/*.py", "core/**/*.js", "core/**/*.html", "pages/**/*.py", "data/**/*.py")
SOURCES = [path for place in PLACES for path in PROJECT.glob(place)]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_keys_with_the_same_places(language: str) -> None:
    translated = texts(language)
    assert translated.keys() == ENGLISH.keys()
    assert {key: places(text) for key, text in translated.items()} == {k: places(t) for k, t in ENGLISH.items()}
    odd = {key for key, text in translated.items() if not text.strip() or text != text.strip(" \n")}
    between = {"after.and", "language.comma", "language.gap"}
    assert {key for key in odd if not key.endswith("separator")} <= between


def test_numbers_are_told_as_people_write_them() -> None:
    say = Words("en")
    facts = {"first": 2.3, "step": 3, "chance": 2.303}
    assert "up to 1.3 × 10¹³," in say("story.loss.diverged", highest=1.27e13, **facts)
    assert "up to 1270," in say("story.loss.diverged", highest=1.27e3, **facts)
    assert "up to 34500," in say("story.loss.diverged", highest=34_512.0, **facts)
    assert say("trouble.change.learning_rate", value=1e-5) == "learning rate 0.00001"
    accuracy = {"num_validation": 80, "low": 0.83, "high": 0.96, "chance": 0.1, "epoch": 1}
    assert "91.3%" in say("story.accuracy.above", accuracy=73 / 80, **accuracy)  # as the status line and the table
    assert "is 2.0 × 10⁻⁹." in say(
        "trouble.flat.text",
        epochs=1,
        val_loss=2.3,
        chance=2.303,
        last_accuracy=0.1,
        learning_rate=1e-5,
        gradient_norm=2e-9,
    )


def test_a_number_of_many_digits_is_a_power_of_ten() -> None:
    facts = {"first": 2.3, "lowest": 1.2, "lowest_epoch": 1.5, "chance": 2.303, "epochs": 3}
    assert "2.5 × 10⁸" in Words("en")("story.loss.returned", last=254_321_987.0, **facts)


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh"), ("ZH-Hant", "zh"), ("fr-FR", "en"), (None, "en")])
def test_a_browser_is_answered_in_its_language_or_else_in_english(locale: str | None, language: str) -> None:
    assert preferred_language(locale) == language


def test_what_rounds_to_nothing_has_no_sign() -> None:
    facts = {"a": 1, "b": 2, "a_accuracy": 0.97, "b_accuracy": 0.95, "points": 2.0, "num_validation": 360}
    assert "interval 0.0 to 4.1)" in Words("en")("compare.alike", low_points=-0.03, high_points=4.1, **facts)


def test_no_key_is_unused() -> None:
    """Code assembles some keys, so only the last part of a key must be found. The page tests check for missing keys."""
    code = "".join(path.read_text("utf-8") for path in SOURCES)
    names = {*re.findall(r"\w+", code), *(path.stem for path in SOURCES), *(error.key for error in SAMPLES)}
    starts = tuple(name for name in names if name.endswith("_") and name.strip("_"))
    ends = {key: key.rsplit(".", 1)[-1] for key in ENGLISH}
    assert [key for key, end in ends.items() if end not in names and not end.startswith(starts)] == []


def test_chinese_has_chinese_punctuation() -> None:
    told = dict(CHINESE)
    for kind in KINDS:
        told |= {f"{kind}/{name}/{where}": text for name, spec in specs(kind).items() for where, text in _chinese(spec)}
    for file in FOLDER.glob("*.csv"):
        rows = table(file.stem)
        told |= {f"{file.stem}/{key}/{where}": text for key, row in rows.items() for where, text in _chinese(row)}
    for file in (PROJECT / "data" / "quiz").glob("*.toml"):
        told |= {f"{file.stem}{where}": text for where, text in _chinese(tomllib.loads(file.read_text("utf-8")))}
    assert {key: text for key, text in told.items() if HYPHEN_AS_MINUS.search(text)} == {}
    assert {key: text for key, text in told.items() if HAN_THEN_ASCII.search(text)} == {}
    assert {key: text for key, text in told.items() if TYPED_SPACE.search(text)} == {}


def test_long_numbers_are_grouped_by_thin_spaces_as_computed_ones_are() -> None:
    files = [path for folder in ("i18n", "content", "quiz") for path in (PROJECT / "data" / folder).rglob("*.[tm]*")]
    assert {path.name: found for path in files if (found := GROUPED_BY_COMMA.findall(path.read_text("utf-8")))} == {}


def test_chinese_has_one_word_for_guessing_and_one_for_a_collapse() -> None:
    glossary = (PROJECT / "docs" / "glossary.md").read_text("utf-8")
    other = re.compile("瞎猜|乱猜|失效|崩溃")
    assert {key: text for key, text in CHINESE.items() if other.search(text)} == {}
    assert not other.search(glossary)


def _chinese(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and "zh" in where:
        yield where, value
    elif hasattr(value, "items"):
        for key, item in value.items():
            yield from _chinese(item, f"{where}/{key}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _chinese(item, f"{where}/{place}")


@pytest.mark.parametrize("kind", KINDS)
def test_specs_say_the_same_in_every_language(kind: str) -> None:
    for name, spec in specs(kind).items():
        for field, value in spec.items():
            if isinstance(value, dict):
                assert value.keys() == languages().keys(), f"{kind}/{name}: {field}"
                assert len({(type(told), len(told) if isinstance(told, list) else 0) for told in value.values()}) == 1
                assert all(value.values()), f"{kind}/{name}: {field}"
    fields = [set(spec) for spec in specs(kind).values()]
    assert all(each == fields[0] for each in fields)


def test_every_error_has_a_sample() -> None:
    assert {type(error) for error in SAMPLES} == {*_below(TrendLabError), TrendLabError} - NEVER_SHOWN | {
        errors.InvalidSetting
    }


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_is_worded_with_its_own_facts(error: TrendLabError, language: str) -> None:
    if type(error) in NEVER_SHOWN:
        return
    told = Words(language).error(error)
    assert f"errors.{error.key}" in texts(language)
    assert "{" not in told
    if type(error) is not TrendLabError:
        assert error.message not in told


def _below(kind: type[TrendLabError]) -> Iterator[type[TrendLabError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


def test_a_percent_sign_follows_its_number_at_once() -> None:
    """In both languages, in charts, texts and tables alike."""
    assert _lines_with(re.compile(r"[\d}]\s%")) == []


def test_the_gap_between_han_and_latin_is_the_fonts_work() -> None:
    assert _lines_with(TYPED_SPACE) == []


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    files = [path for end in ("toml", "md", "csv") for path in PROJECT.glob(f"data/**/*.{end}")]
    lines = [(path, line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    return [f"{path.name}: {line}" for path, line in lines if pattern.search(line)]

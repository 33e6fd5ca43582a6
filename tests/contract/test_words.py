"""Every word in every language: no key without a use, no use without a key, and the same places to fill in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest

from core import errors
from core.catalog import KINDS, specs
from core.config import RunConfig
from core.content.words import Words, languages, texts
from core.errors import TrendLabError
from core.runs.records import Pace, State
from core.settings import PROJECT

ENGLISH, CHINESE = texts("en"), texts("zh")
PAGES = tuple(path.stem for path in (PROJECT / "pages").glob("*.py"))
HAN_THEN_ASCII = re.compile(r"[\u3400-\u9fff][,.;:!?]")

SAMPLES = [
    errors.TrendLabError("The message."),
    errors.InvalidConfig("epochs", "a whole number from 1 to 50", "many"),
    errors.InvalidSetting("TRENDLAB_WORKERS", "a whole number", "many"),
    errors.DatasetError("No space left on device.", dataset="digits", reason="No space left on device"),
    errors.DatasetUnavailable("mnist", "example.org", "/data", "timed out"),
    errors.DatasetCorrupt("mnist", "images.gz", "too short"),
    errors.CheckpointError("These bytes are no checkpoint."),
    errors.RunNotFound("0" * 32),
    errors.RunRefused(1.25, 0.5),
    errors.TooManyRuns(4),
    errors.QueueFull(4000.0, 3600.0),
    errors.NoWorkers(),
    errors.StoreInUse("/home"),
    errors.StoreUnavailable("database is locked"),
    errors.StoreTooNew("0009", "0001"),
]
NEVER_SHOWN = {
    errors.RunError,  # only its kinds are raised
    errors.StoreError,
    errors.InvalidSetting,  # ends the app before there is a page
}

# The keys that code puts together, by the text in which they are.
DYNAMIC = {
    "{}.title": [f"{page}.title" for page in PAGES] + ["live.loss.title", "live.accuracy.title"],
    "{}.nav": [f"{page}.nav" for page in PAGES],
    "{}.help": [f"{page}.help" for page in PAGES],
    "home.{}": ["home.predict", "home.train", "home.change"],
    "runs.{}": ["runs.mine", "runs.everyone"],
    "train.paces.{}": [f"train.paces.{pace}" for pace in Pace],
    "fields.{}.label": [f"fields.{field}.label" for field in RunConfig.model_fields],
    "fields.{}.help": [f"fields.{field}.help" for field in RunConfig.model_fields],
    "errors.{}": [f"errors.{error.key}" for error in SAMPLES if type(error) not in NEVER_SHOWN],
    "errors.out_of_range_{}": ["errors.out_of_range_whole", "errors.out_of_range_number"],
    "live.{}.title": ["live.loss.title", "live.accuracy.title"],
    "live.state.{}": [f"live.state.{state}" for state in [*State, "connecting", "preparing", "deleted", "replaying"]],
    "live.finding.{}": ["live.finding.collapsed", "live.finding.flat"],
}
FROM_BUTTONS = "train.{}"  # the second argument of each `_button`
TABLES = {"runs.columns": "column"}  # prefixes whose texts are taken by the rest of their keys, from such a variable


def sources() -> Iterator[ast.Module]:
    files = [*PROJECT.glob("core/**/*.py"), *PROJECT.glob("pages/**/*.py")]
    return (ast.parse(file.read_text(encoding="utf-8")) for file in files)


def constants(node: ast.AST) -> Iterator[str]:
    """The whole texts in an expression, with {} for what an f-string fills in."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from constants(child)


def asked_of_words() -> Iterator[str]:
    """The first argument of every `say(...)`, whole or with {} in it."""
    for tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                called = ast.unparse(node.func)
                if called in ("say", "self", "words()"):
                    first = node.args[0]
                    branches = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                    yield from (key for branch in branches for key in _alternatives(branch))
                elif called == "_button":
                    yield from (f"train.{name}" for name in constants(node.args[1]))
                elif called == "_number":
                    yield from (text for keyword in node.keywords for text in constants(keyword.value) if "." in text)
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) in TABLES.values():
                yield from (f"runs.columns.{name}" for name in constants(node.slice))


def _alternatives(node: ast.expr) -> list[str]:
    """A key with a choice inside, f"a.{'b' if x else 'c'}", counts as put together."""
    return [text for text in constants(node) if "." in text]


def asked_of_live_texts() -> Iterator[str]:
    """The words below `live` that the charts and the component's scripts take."""
    scripts = "".join(path.read_text("utf-8") for path in sorted((PROJECT / "core/ui/live_chart").glob("*.js")))
    yield from (f"live.{key}" for key in re.findall(r"\btexts\.(\w+)", scripts))
    yield from (f"live.{key}" for key in re.findall(r"\btexts\[\"([\w.]+)\"\]", scripts))
    for key in re.findall(r"\btexts\[`([^`]+)`\]", scripts):
        yield "live." + re.sub(r"\$\{[^}]*\}", "{}", key)
    for tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and f"live.{node.value}" in ENGLISH:
                yield f"live.{node.value}"


def used_keys() -> set[str]:
    asked = {*asked_of_words(), *asked_of_live_texts()}
    whole = {key for key in asked if "{}" not in key}
    together = asked - whole - {FROM_BUTTONS}
    assert together <= DYNAMIC.keys(), "name the keys of these in DYNAMIC"
    return whole.union(*(DYNAMIC[key] for key in together), {"language.name"})


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_keys_with_the_same_places(language: str) -> None:
    translated = texts(language)
    assert translated.keys() == ENGLISH.keys()
    assert {key: places(text) for key, text in translated.items()} == {k: places(t) for k, t in ENGLISH.items()}
    assert [key for key, text in translated.items() if not text.strip() or text != text.strip(" \n")] in (
        [],
        ["live.separator"],  # stands between words
    )


def test_no_key_is_missing() -> None:
    assert sorted(used_keys() - ENGLISH.keys()) == []


def test_no_key_is_unused() -> None:
    assert sorted(ENGLISH.keys() - used_keys()) == []


def test_chinese_has_chinese_punctuation() -> None:
    told = dict(CHINESE)
    for kind in KINDS:
        told |= {f"{kind}/{name}/{where}": text for name, spec in specs(kind).items() for where, text in _chinese(spec)}
    assert {key: text for key, text in told.items() if HAN_THEN_ASCII.search(text)} == {}


def _chinese(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and "zh" in where:
        yield where, value
    elif hasattr(value, "items"):
        for key, item in value.items():
            yield from _chinese(item, f"{where}/{key}")
    elif isinstance(value, list):
        for item in value:
            yield from _chinese(item, where)


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

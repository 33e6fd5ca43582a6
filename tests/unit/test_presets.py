"""The presets' file and its reader; `tests/presets` checks what they promise."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from core.config import RunConfig
from core.content.presets import FILE, preset, presets
from core.content.words import Words, languages, texts
from core.diagnosis.remedy import Kind
from core.diagnosis.shape import SHAPES
from core.errors import InvalidConfig


def test_the_presets_come_in_the_order_of_the_file_and_begin_with_the_defaults() -> None:
    assert list(presets()) == list(tomllib.loads(FILE.read_text(encoding="utf-8")))
    assert next(iter(presets().values())).config == RunConfig()


def test_no_two_presets_are_the_same() -> None:
    assert len({each.config.config_id for each in presets().values()}) == len(presets())


def test_what_is_promised_can_be_found() -> None:
    assert {each.shape for each in presets().values()} <= set(SHAPES)
    assert {each.trouble for each in presets().values()} <= {"none", *get_args(Kind)}


@pytest.mark.parametrize("language", languages())
def test_every_preset_has_words_and_all_words_a_preset(language: str) -> None:
    say = Words(language)
    assert all(each.label(say) and say(each.watch_key) for each in presets().values())
    worded = {key.split(".")[1] for key in texts(language) if re.fullmatch(r"presets\.\w+\.\w+", key)}
    assert worded == set(presets())


@pytest.mark.parametrize("language", languages())
def test_a_presets_name_tells_what_is_set_and_not_what_comes_of_it(language: str) -> None:
    say = Words(language)
    labels = [each.label(say) for each in presets().values()]
    assert len(set(labels)) == len(labels)
    for each, label in zip(presets().values(), labels, strict=True):
        changed = {value for name, value in each.config if value != getattr(RunConfig(), name)}
        numbers = [form.format(value) for value in changed if isinstance(value, float) for form in ("{:g}", "{:.0%}")]
        assert not changed or any(number in label for number in numbers)


def test_an_unknown_preset_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidConfig, match=r"survey.*'fastest'"):
        preset("fastest")
    assert preset("rate_0_01").config == RunConfig(learning_rate=0.01)


@pytest.mark.parametrize(
    ("text", "field", "limit", "got"),
    [
        ("settings = { learning_rate = 99.0 }", "mine.learning_rate", "from 0.00001 to 10", 99.0),
        ("settings = { speed = 1 }", "mine.speed", "one of the settings", 1),
        ('settings = { model = "none" }', "mine.model", "seed_cnn", "none"),
        ("settings = 3", "mine.settings", "a table of settings", 3),
    ],
)
def test_a_bad_setting_is_told_with_its_key_its_limit_and_what_came(
    text: str, field: str, limit: str, got: object, tmp_path: Path
) -> None:
    file = tmp_path / "presets.toml"
    file.write_text(f'[mine]\n{text}\nshape = "explodes"\ntrouble = "none"\n', encoding="utf-8")
    with pytest.raises(InvalidConfig) as refused:
        presets(file)
    assert (refused.value.field, refused.value.got) == (field, got)
    assert limit in str(refused.value.limit)


@pytest.mark.parametrize("text", ["mine = 1", "[mine]\nsettings = {}", "[mine]\nsettings = {}\nshape = ''\ngoal = 1"])
def test_a_preset_with_other_entries_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "presets.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidConfig, match="mine must be a table of settings, shape, trouble"):
        presets(file)

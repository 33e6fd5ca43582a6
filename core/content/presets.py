"""Ready-made settings, good and bad: `data/labs/presets.toml`, in its order."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.config import RunConfig
from core.content.words import Words
from core.errors import InvalidConfig
from core.settings import PROJECT

FILE = PROJECT / "data" / "labs" / "presets.toml"
ENTRIES = {"settings", "shape", "trouble"}


@dataclass(frozen=True)
class Preset:
    """`shape` and `trouble` (`none` for none) are what a finished run shows with any seed."""

    key: str
    config: RunConfig
    shape: str
    trouble: str

    def label(self, say: Words) -> str:
        """The settings without the outcome, as learners are to guess first."""
        return say(f"presets.{self.key}.label", **self.config.model_dump())

    @property
    def watch_key(self) -> str:
        """The text key of what such a run shows, for when it is over."""
        return f"presets.{self.key}.watch"


@cache
def presets(file: Path = FILE) -> Mapping[str, Preset]:
    """All presets by key, in order. Raises InvalidConfig, whose field includes the preset's key."""
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return MappingProxyType({key: _preset(key, table) for key, table in tables.items()})


def preset(key: str) -> Preset:
    """Raises InvalidConfig for an unknown key."""
    if key not in presets():
        raise InvalidConfig("preset", "one of " + ", ".join(presets()), key)
    return presets()[key]


def _preset(key: str, table: Any) -> Preset:
    if not isinstance(table, dict) or table.keys() != ENTRIES:
        raise InvalidConfig(key, "a table of " + ", ".join(sorted(ENTRIES)), table)
    if not isinstance(table["settings"], dict):
        raise InvalidConfig(f"{key}.settings", "a table of settings", table["settings"])
    try:
        config = RunConfig.from_mapping(table["settings"])
    except InvalidConfig as problem:
        facts = problem.facts()
        raise InvalidConfig(f"{key}.{facts['field']}", str(facts["limit"]), facts["got"]) from None
    return Preset(key, config, str(table["shape"]), str(table["trouble"]))

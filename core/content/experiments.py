"""The experiments that pages offer in the lab: `data/labs/experiments.toml`, a list of run settings by key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from core.config import RunConfig
from core.errors import ContentError, InvalidConfig
from core.settings import PROJECT

FILE = PROJECT / "data" / "labs" / "experiments.toml"


@cache
def experiments(file: Path = FILE) -> Mapping[str, tuple[RunConfig, ...]]:
    """All experiments by key. Raises ContentError with the line of an invalid one."""
    text = file.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ContentError(f"labs/{file.name}", 1, str(problem)) from problem
    found: dict[str, tuple[RunConfig, ...]] = {}
    for key, table in tables.items():
        try:
            found[key] = tuple(RunConfig.from_mapping(settings) for settings in table["runs"])
        except (InvalidConfig, KeyError, TypeError) as problem:
            line = text[: max(0, text.find(f"[{key}]"))].count("\n") + 1
            raise ContentError(f"labs/{file.name}", line, f"{key}: {problem}") from problem
    return MappingProxyType(found)

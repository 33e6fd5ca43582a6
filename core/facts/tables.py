"""Tables of published figures, read once: `data/facts/<name>.csv`, their rows by key."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.errors import ContentError
from core.settings import PROJECT

FOLDER = PROJECT / "data" / "facts"
REQUIRED = {"key", "source", "source_url"}
NUMBERS = {
    "applications": {"sensitivity_percent", "specificity_percent"},
    "accelerators": {
        "peak_tflops_fp32", "peak_tflops_16bit_dense", "memory_gib", "memory_bandwidth_gb_s", "tdp_w",
    },
    "imagenet_top1": {"depth_layers", "parameters", "gflops", "top1_percent"},
    "lab_runs": {
        "seeds", "low_percent", "high_percent", "best_low_percent", "best_high_percent", "auc_low", "auc_high",
    },
    "landmark_models": {
        "depth_layers", "parameters", "training_compute_flop", "training_tokens_or_images", "training_cost_usd",
    },
    "nlp_benchmarks": {"score", "human_baseline"},
    "optimizers": {"year"},
    "privacy_interpretability": {"year"},
    "privacy_results": {"value", "epsilon", "year"},
    "scaling_laws": {"year", "E", "A", "B", "alpha", "beta"},
}  # fmt: skip


class Row(Mapping[str, Any]):
    """One row: texts and numbers; None for empty cells."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, column: str) -> Any:
        return self._values[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def number(self, column: str) -> float:
        """A number that must be present. Raises KeyError if it is not."""
        value = self._values[column]
        if not isinstance(value, float):
            raise KeyError(f"{self._values['key']} has no {column}")
        return value

    def text(self, column: str, language: str) -> str:
        """A text that the table has in several languages, as `<column>_en` and `<column>_zh`."""
        return str(self._values.get(f"{column}_{language}") or self._values.get(f"{column}_en") or "")


@cache
def table(name: str, folder: Path = FOLDER) -> Mapping[str, Row]:
    """All rows of a table by key, in the file's order. Raises ContentError with the file and the line."""
    path = folder / f"{name}.csv"
    rows: dict[str, Row] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = REQUIRED - set(reader.fieldnames or ())
            if missing:
                raise ContentError(path.name, 1, f"no column {', '.join(sorted(missing))}")
            for values in reader:
                row = _row(name, path.name, reader.line_num, values)
                if row["key"] in rows:
                    raise ContentError(path.name, reader.line_num, f"a second {row['key']}")
                rows[row["key"]] = row
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise ContentError(path.name, len(rows) + 1, str(problem)) from problem
    return MappingProxyType(rows)


def known(rows: Mapping[str, Row], *columns: str) -> list[Row]:
    """The rows in which all these columns have a value."""
    return [row for row in rows.values() if all(row[column] is not None for column in columns)]


def _row(name: str, file: str, line: int, values: Mapping[str | None, Any]) -> Row:
    if None in values or None in values.values():
        raise ContentError(file, line, "more or fewer cells than columns")
    if not values["key"] or not values["source"]:
        raise ContentError(file, line, "no key or no source")
    numbers = NUMBERS.get(name, set())
    row: dict[str, Any] = {}
    for column, cell in values.items():
        try:
            row[str(column)] = (float(cell) if column in numbers else cell) if cell else None
        except ValueError:
            raise ContentError(file, line, f"{column} is no number: {cell}") from None
    return Row(row)

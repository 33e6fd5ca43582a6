"""Figures that texts quote and nobody published: each is computed from the facts, and nowhere typed.

They stand with the functions that make them, in the `FIGURES` of the modules; `core/survey/computed.py` joins those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Computed:
    """A figure: what makes it, from which table, and how in words: `about` is the key below `computed`."""

    compute: Callable[[], float]
    table: str
    about: str

    def value(self) -> float:
        return _once(self.compute)


Figures = Mapping[str, Computed]


def computed(table: str, about: str, **computes: Callable[[], float]) -> dict[str, Computed]:
    """Figures from one table that are explained alike, by name."""
    return {name: Computed(compute, table, about) for name, compute in computes.items()}


@cache
def _once(compute: Callable[[], float]) -> float:
    return compute()

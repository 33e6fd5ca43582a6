"""Figures that texts quote but nobody published: each is computed from the facts, never typed.

They are defined next to the functions that compute them, in each module's `FIGURES`; `core/survey/computed.py` joins
those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Computed:
    """A figure: the function that computes it, its table, and `about`, the key of its explanation below `computed`."""

    compute: Callable[[], float]
    table: str
    about: str

    def value(self) -> float:
        return _once(self.compute)


Figures = Mapping[str, Computed]


def computed(table: str, about: str, **computes: Callable[[], float]) -> dict[str, Computed]:
    """Figures from one table with the same explanation, by name."""
    return {name: Computed(compute, table, about) for name, compute in computes.items()}


@cache
def _once(compute: Callable[[], float]) -> float:
    return compute()

"""Who trains next, and for how long: whoever has had the least service, and before all a new run's first point."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from core.runs.store import Candidate

FIRST_SLICE_S = 0.02  # a few steps: when a class starts together, the last learner waits for all the others' first
SLICE_GROWTH = 4  # each slice of a trajectory may last so many times as long as the one before, up to
SLICE_S = 1.0
QUIET_SLICE_S = 0.5  # with nobody waiting, shorter slices make a smoother curve


class Turn(NamedTuple):
    """A trajectory whose slice is due, and for how long it may train."""

    candidate: Candidate
    slice_s: float
    is_first: bool


class FairQueue:
    """Service, in seconds of training, shared out among owners and then among their trajectories.

    The time of a trajectory that several watch is charged to each of them in equal parts.
    """

    def __init__(self) -> None:
        self._service_s: dict[str, float] = {}
        self._active: frozenset[str] = frozenset()

    def turns(self, candidates: Collection[Candidate], workers: int) -> list[Turn]:
        """All candidates in the order of their turns."""
        self._welcome(frozenset(owner for c in candidates for owner in c.owners))
        ordered = sorted(candidates, key=self._rank)
        longest_s = SLICE_S if len(ordered) > workers else QUIET_SLICE_S
        return [Turn(c, _slice_s(c, longest_s), _is_first(c)) for c in ordered]

    def charge(self, candidate: Candidate, seconds: float) -> None:
        """Book the service that a slice was."""
        for owner in candidate.owners:
            self._service_s[owner] = self._service_s.get(owner, 0.0) + seconds / len(candidate.owners)

    def _rank(self, candidate: Candidate) -> tuple[bool, float, float, float]:
        least = min(self._service_s[owner] for owner in candidate.owners)
        return not _is_first(candidate), least, candidate.trajectory.train_s, candidate.trajectory.created_at

    def _welcome(self, owners: frozenset[str]) -> None:
        """Who comes (back) starts level with the least served: neither privileged nor punished for the past."""
        staying = [self._service_s[owner] for owner in owners & self._active]
        level = min(staying, default=0.0)
        self._service_s = {owner: self._service_s[owner] if owner in self._active else level for owner in owners}
        self._active = owners


def _is_first(candidate: Candidate) -> bool:
    return candidate.trajectory.slices == 0


def _slice_s(candidate: Candidate, longest_s: float) -> float:
    slices = min(candidate.trajectory.slices, 10)  # beyond, a float would end somewhere
    return min(longest_s, FIRST_SLICE_S * float(SLICE_GROWTH) ** slices)

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


class Ledger:
    """Service in seconds, by owner. Who comes (back) starts level with the least served of those present: neither
    privileged nor punished for the past."""

    def __init__(self) -> None:
        self._service_s: dict[str, float] = {}

    def attend(self, owners: Collection[str]) -> None:
        """These are present, and no others."""
        level = min((self._service_s[owner] for owner in owners if owner in self._service_s), default=0.0)
        self._service_s = {owner: self._service_s.get(owner, level) for owner in owners}

    def charge(self, owners: Collection[str], seconds: float) -> None:
        """Book a service, in equal parts, on those who had it and are present."""
        for owner in self._service_s.keys() & owners:
            self._service_s[owner] += seconds / len(owners)

    def least_s(self, owners: Collection[str]) -> float:
        """What the least served of these had, who are all present."""
        return min(self._service_s[owner] for owner in owners)


class FairQueue:
    """Service, in seconds of training, shared out among owners and then among their trajectories.

    The time of a trajectory that several watch is charged to each of them in equal parts.
    """

    def __init__(self) -> None:
        self._ledger = Ledger()

    def turns(self, candidates: Collection[Candidate], workers: int) -> list[Turn]:
        """All candidates in the order of their turns."""
        self._ledger.attend({owner for c in candidates for owner in c.owners})
        ordered = sorted(candidates, key=self._rank)
        longest_s = SLICE_S if len(ordered) > workers else QUIET_SLICE_S
        return [Turn(c, _slice_s(c, longest_s), _is_first(c)) for c in ordered]

    def charge(self, candidate: Candidate, seconds: float) -> None:
        """Book the service that a slice was."""
        self._ledger.charge(candidate.owners, seconds)

    def _rank(self, candidate: Candidate) -> tuple[bool, float, float, float]:
        least_s = self._ledger.least_s(candidate.owners)
        return not _is_first(candidate), least_s, candidate.trajectory.train_s, candidate.trajectory.created_at


def _is_first(candidate: Candidate) -> bool:
    return candidate.trajectory.slices == 0


def _slice_s(candidate: Candidate, longest_s: float) -> float:
    slices = min(candidate.trajectory.slices, 10)  # beyond, a float would end somewhere
    return min(longest_s, FIRST_SLICE_S * float(SLICE_GROWTH) ** slices)

"""Who trains next, and for how long: first runs without a first point, then the owner with the least service."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from core.runs.store import Candidate

FIRST_SLICE_S = 0.02  # a few steps: when a class starts together, the last learner waits for all other first slices
SLICE_GROWTH = 4  # how many times as long as the one before a slice may last, up to
SLICE_S = 1.0
QUIET_SLICE_S = 0.5  # while nobody waits, shorter slices make a smoother curve


class ScheduledSlice(NamedTuple):
    """A trajectory that is due for a slice, and how long the slice may last."""

    candidate: Candidate
    slice_s: float
    is_first: bool


class Ledger:
    """Service in seconds, by owner. An owner who joins or returns starts with the least service of anyone present,
    neither favoured nor penalised for the past."""

    def __init__(self) -> None:
        self._service_s: dict[str, float] = {}

    def set_present(self, owners: Collection[str]) -> None:
        """Set who is present now."""
        level = min((self._service_s[owner] for owner in owners if owner in self._service_s), default=0.0)
        self._service_s = {owner: self._service_s.get(owner, level) for owner in owners}

    def charge(self, owners: Collection[str], seconds: float) -> None:
        """Charge a service to its owners in equal parts; those who are absent are skipped."""
        for owner in self._service_s.keys() & owners:
            self._service_s[owner] += seconds / len(owners)

    def least_s(self, owners: Collection[str]) -> float:
        """The service of the least served of these owners, all of whom must be present."""
        return min(self._service_s[owner] for owner in owners)


class FairQueue:
    """Shares training time among owners and then among their trajectories. The time of a shared trajectory is split
    equally among its owners."""

    def __init__(self) -> None:
        self._ledger = Ledger()

    def schedule(self, candidates: Collection[Candidate], workers: int) -> list[ScheduledSlice]:
        """All candidates, in the order in which they are due."""
        self._ledger.set_present({owner for c in candidates for owner in c.owners})
        ordered = sorted(candidates, key=self._rank)
        longest_s = SLICE_S if len(ordered) > workers else QUIET_SLICE_S
        return [ScheduledSlice(c, _slice_s(c, longest_s), _is_first(c)) for c in ordered]

    def charge(self, candidate: Candidate, seconds: float) -> None:
        """Charge a slice of training to the candidate's owners."""
        self._ledger.charge(candidate.owners, seconds)

    def _rank(self, candidate: Candidate) -> tuple[bool, float, float, float]:
        least_s = self._ledger.least_s(candidate.owners)
        return not _is_first(candidate), least_s, candidate.trajectory.train_s, candidate.trajectory.created_at


def _is_first(candidate: Candidate) -> bool:
    return candidate.trajectory.slices == 0


def _slice_s(candidate: Candidate, longest_s: float) -> float:
    slices = min(candidate.trajectory.slices, 10)  # the power would overflow a float
    return min(longest_s, FIRST_SLICE_S * float(SLICE_GROWTH) ** slices)

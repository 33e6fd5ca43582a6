"""The owner with the least service goes next; first points come first."""

from core.runs.fairness import QUIET_SLICE_S, SLICE_S, FairQueue
from core.runs.store import Candidate
from tests.artificial import new_trajectory


def candidate(name: str, *owners: str, slices: int = 1, **values: float) -> Candidate:
    return Candidate(new_trajectory(id=name, slices=slices, **values), frozenset(owners), 450)


def names(queue: FairQueue, *candidates: Candidate, workers: int = 1) -> list[str]:
    return [each.candidate.trajectory.id for each in queue.schedule(candidates, workers)]


def test_the_least_served_owner_goes_first() -> None:
    queue, a, b = FairQueue(), candidate("a", "ann"), candidate("b", "bob")
    names(queue, a, b)
    queue.charge(a, 2.0)
    queue.charge(b, 1.0)
    assert names(queue, a, b) == ["b", "a"]


def test_of_one_owners_trainings_the_one_with_the_least_time_goes_first_and_among_equals_the_oldest() -> None:
    waiting = [
        candidate(f"{train_s:g} s, from {begun:g}", "ann", train_s=train_s, created_at=begun)
        for train_s, begun in ((2.0, 1.0), (1.0, 3.0), (1.0, 2.0))
    ]
    assert names(FairQueue(), *waiting) == ["1 s, from 2", "1 s, from 3", "2 s, from 1"]


def test_ten_runs_of_one_do_not_outweigh_one_of_another() -> None:
    queue = FairQueue()
    many = [candidate(f"a{i}", "ann") for i in range(10)]
    one = candidate("b", "bob")
    served = {"ann": 0, "bob": 0}
    for _ in range(40):
        first = queue.schedule([*many, one], 1)[0].candidate
        queue.charge(first, 1.0)
        served[next(iter(first.owners))] += 1
    assert abs(served["ann"] - served["bob"]) <= 1


def test_who_shares_a_training_pays_only_a_share() -> None:
    queue, shared, own = FairQueue(), candidate("s", "ann", "bob"), candidate("o", "cid")
    names(queue, shared, own)
    queue.charge(shared, 1.0)
    queue.charge(own, 0.6)
    assert names(queue, shared, own) == ["s", "o"]


def test_a_new_run_gets_its_first_point_before_all() -> None:
    queue, old, new = FairQueue(), candidate("old", "ann"), candidate("new", "bob", slices=0)
    queue.schedule([old], 1)
    queue.charge(old, 0.1)
    assert names(queue, old, new) == ["new", "old"]


def test_slices_begin_short_and_grow_to_what_the_waiting_allow() -> None:
    alone = [FairQueue().schedule([candidate("a", "ann", slices=n)], 1)[0].slice_s for n in (0, 1, 2, 3, 4000)]
    assert alone == [0.02, 0.08, 0.32, QUIET_SLICE_S, QUIET_SLICE_S]
    class_of_30 = [candidate(str(n), str(n), slices=n) for n in range(30)]
    assert [each.slice_s for each in FairQueue().schedule(class_of_30, 2)] == [0.02, 0.08, 0.32, *[SLICE_S] * 27]


def test_who_comes_or_returns_starts_level_and_does_not_take_all() -> None:
    queue, old, new, back = FairQueue(), *(candidate(name, name) for name in ("old", "new", "back"))
    queue.schedule([old, back], 1)
    for _ in range(100):
        queue.schedule([old], 1)
        queue.charge(old, SLICE_S)
    trained = []
    for _ in range(15):
        first = queue.schedule([old, new, back], 1)[0].candidate
        queue.charge(first, SLICE_S)
        trained.append(first.trajectory.id)
    assert [trained.count(name) for name in ("old", "new", "back")] == [5, 5, 5]

"""What is deleted when space runs out."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from core.errors import RunNotFound
from core.runs.cluster import SliceRequest
from core.runs.files import SavedFiles
from core.runs.records import Trajectory
from core.runs.retention import KEEP_UNNAMED_S
from core.runs.worker import TrainedSlice
from core.settings import Settings
from tests.artificial import LEASE, add_finished_run, evaluation, new_run, new_trajectory, slice_result
from tests.parts import OWNER, QUICK, ThreadCluster, curve_of, finish, open_service


def test_clean_up_keeps_what_is_held(home_with_digits: Path) -> None:
    with open_service(home_with_digits, settings=Settings(max_storage_bytes=1)) as (service, _):
        kept, dropped = service.start(OWNER, QUICK), service.start(OWNER, QUICK.replaced(seed=1))
        finish(service, kept.id)
        finish(service, dropped.id)
        service.rename(OWNER, kept.id, "my best")
        service.delete(OWNER, dropped.id)
        long_ago = time.time() - 2 * KEEP_UNNAMED_S
        service._store.update_run(kept.id, created_at=long_ago)
        old, young = (add_finished_run(service._store, 10, 1, created_at=at) for at in (long_ago, time.time()))
        service.clean_up()
        assert {run.id for run in service.runs_of(OWNER)} == {kept.id, young.id}
        assert len(curve_of(service, kept).losses) == 36
        for gone in (dropped, old):
            assert not service._store.has_trajectory(gone.trajectory.id)
        with pytest.raises(RunNotFound):
            service.restore(OWNER, dropped)
        service.extend(OWNER, kept.id, 1)
        finish(service, kept.id)
        assert len(curve_of(service, kept).losses) == 48


def test_a_clean_up_removes_no_more_than_it_must_and_lets_others_train(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.retention.KEEP_UNNAMED_S", 0.0)
    monkeypatch.setattr("core.runs.retention.UNNAMED_FILES_S", 0.0)
    with open_service(home_with_digits, settings=Settings(max_storage_bytes=12_000)) as (service, _):
        for n in range(20):  # 1000 bytes each, and 1000 shared by all
            trajectory, names = new_trajectory(environment="elsewhere"), [service._files.write(bytes([n]) * 1000)]
            service._store.add_trajectory(trajectory)
            names.append(service._files.write(b"shared".ljust(1000)))
            result = slice_result(trajectory, [1.0] * 10, evaluations=(evaluation(1, 10),))
            assert service._store.lease(trajectory, LEASE, 60.0)
            assert service._store.commit_slice(trajectory, LEASE, result, SavedFiles(names[0], (names[1],), (None,)))
            service._store.add_run(new_run(trajectory, created_at=float(n * 7 % 20)))
        service._files.write(bytes(5000))  # named by no row
        remove, done, others = service._store.delete_oldest_unnamed_run, list[str](), list[threading.Thread]()

        def train_meanwhile() -> None:
            with service._engine.lock:
                done.append("trained")

        def remove_beside_others(before: float) -> bool:
            if not others:
                others.append(threading.Thread(target=train_meanwhile))
                others[0].start()
            return remove(before)

        monkeypatch.setattr(service._store, "delete_oldest_unnamed_run", remove_beside_others)
        service.clean_up()
        done.append("cleaned")
        others[0].join()
        assert done == ["trained", "cleaned"]
        assert [run.created_at for run in service.runs_of(OWNER)] == [*range(19, 8, -1)]
        assert len(list((home_with_digits / "files").iterdir())) == 12


def test_what_a_slice_has_just_written_outlives_a_clean_up(home_with_digits: Path) -> None:
    written, may_be_told = threading.Event(), threading.Event()

    class Slow(ThreadCluster):
        def _outcome(self, request: SliceRequest) -> TrainedSlice | Exception:
            outcome = super()._outcome(request)
            written.set()
            may_be_told.wait(20)
            return outcome

    with open_service(home_with_digits, Slow()) as (service, _):
        run = service.start(OWNER, QUICK)
        assert written.wait(20)
        service.clean_up()
        may_be_told.set()
        finish(service, run.id)
        networks = service.networks.for_run(service.run(run.id))
        assert service.networks.logits(networks).shape == (3, 360, 10)


def test_a_clean_up_takes_no_twin_that_a_new_run_joins(home_with_digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_service(home_with_digits, settings=Settings(max_storage_bytes=1)) as (service, _):
        run = service.start(OWNER, QUICK)
        finish(service, run.id)
        service.delete(OWNER, run.id)
        cleaning, find = threading.Thread(target=service.clean_up), service._store.find_trajectory

        def find_and_wait(key: str) -> Trajectory | None:
            found = find(key)
            cleaning.start()
            cleaning.join(0.2)
            return found

        monkeypatch.setattr(service._store, "find_trajectory", find_and_wait)
        again = service.start(OWNER, QUICK)
        cleaning.join()
        assert again.recorded
        assert len(curve_of(service, again).losses) == 36

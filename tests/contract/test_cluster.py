"""What every cluster must do: the tests' thread, and Dask's processes."""

from __future__ import annotations

import gc
import itertools
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from dask._task_spec import Task
from distributed.scheduler import TaskGroup

from core.config import RunConfig
from core.datasets import open_prepared
from core.errors import CheckpointError, DatasetChanged, NoWorkers, WorkerDied, WorkersAway
from core.runs.cluster import Cluster, DaskCluster, SliceRequest
from core.runs.files import FileStore, SavedFiles, StoredFile, save
from core.runs.worker import NICENESS, TrainedSlice, answer_question, inspect_model
from core.settings import PROJECT
from core.training import SliceResult, train_slice
from tests.parts import QUICK, ThreadCluster, outcome_of
from tests.serving import free_port
from tests.waiting import until

SLOW = RunConfig(batch_size=128)


SLOW_STEPS = 40
COMPUTATIONS = 100  # the last ones, which Dask's scheduler keeps


@pytest.fixture
def no_room(tmp_path: Path) -> FileStore:
    """A file store whose path is so long that no file can be created in it."""
    folder, longest = tmp_path, os.pathconf(tmp_path, "PC_PATH_MAX") - 5
    while (left := longest - len(str(folder))) > 200:
        folder /= "x" * 100
    return FileStore(folder / ("x" * (left - 1)))


@pytest.fixture
def slow(files: FileStore) -> SliceRequest:
    return SliceRequest(SLOW, None, SLOW_STEPS, (), 60.0, False, files)


class HeldSlice:
    """A slice that is blocked in its worker, as its checkpoint comes through a pipe."""

    def __init__(self, files: FileStore, folder: Path) -> None:
        self.checkpoint = train_slice(SLOW, None, 1).checkpoint
        self._file, self._pipe = folder / files.write(self.checkpoint), -1
        self._file.unlink()
        os.mkfifo(self._file)
        self.request = SliceRequest(SLOW, StoredFile(files, self._file.name), SLOW_STEPS, (), 60.0, False, files)

    def is_under_way(self) -> bool:
        with suppress(OSError):  # nobody reads the pipe yet
            self._pipe = os.open(self._file, os.O_WRONLY | os.O_NONBLOCK)
        return self._pipe >= 0

    def go_on(self) -> None:
        os.set_blocking(self._pipe, True)
        with os.fdopen(self._pipe, "wb") as pipe:
            pipe.write(self.checkpoint)

    def trained_alone(self) -> SliceResult:
        return train_slice(SLOW, self.checkpoint, SLOW_STEPS)

    def let_another_begin(self) -> None:
        """From now on the file can be opened completely."""
        self._file.unlink()
        self._file.write_bytes(self.checkpoint)


@pytest.fixture
def held(files: FileStore, tmp_path: Path) -> HeldSlice:
    return HeldSlice(files, tmp_path / "files")


@pytest.fixture(scope="module")
def dask(prepared_digits: Path) -> Iterator[DaskCluster]:
    """One cluster for all tests; a worker killed by a test is back when the test ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRENDLAB_HOME", str(prepared_digits))  # workers inherit it
        opened = DaskCluster("", workers=1)
        until(lambda: opened.num_workers() == 1, 60.0)
    yield opened
    opened.close()


@pytest.fixture(params=["thread", "dask", "dask elsewhere"])
def cluster(request: pytest.FixtureRequest, dask: DaskCluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """The app reads no file for a worker on its machine, and sends no name of a file to another machine."""
    if request.param == "dask":
        monkeypatch.setattr(StoredFile, "read", None)
        yield dask
        return
    if request.param == "dask elsewhere":
        monkeypatch.setattr(FileStore, "__reduce__", None)
    opened = ThreadCluster() if request.param == "thread" else DaskCluster(dask._local.scheduler_address, workers=0)
    yield opened
    opened.close()


def result_and_files(cluster: Cluster, request: SliceRequest) -> tuple[SliceResult, SavedFiles]:
    outcome = outcome_of(cluster, request)
    assert isinstance(outcome, TrainedSlice)
    assert (outcome.files is None) == bool(outcome.result.checkpoint)  # names or bytes, not both
    return outcome.result, outcome.files or save(request.files, outcome.result)


def test_two_slices_are_trained_as_one(cluster: Cluster, files: FileStore) -> None:
    assert cluster.num_workers() == 1
    assert cluster.environment()
    first, saved_first = result_and_files(cluster, SliceRequest(QUICK, None, 5, (), 60.0, False, files))
    begun = StoredFile(files, saved_first.checkpoint)
    second, saved_second = result_and_files(cluster, SliceRequest(QUICK, begun, 7, (), 60.0, False, files))
    expected = train_slice(QUICK, None, 12)
    assert first.metrics.tobytes() + second.metrics.tobytes() == expected.metrics.tobytes()
    assert second.evaluations == expected.evaluations
    assert saved_second == save(files, expected)  # a file's name is its content
    assert files.read(saved_second.logits[0]) == expected.snapshots[0].logits.tobytes()


def test_what_goes_wrong_in_a_slice_is_a_value(cluster: Cluster, files: FileStore) -> None:
    lost = SliceRequest(QUICK, StoredFile(files, "0" * 64), 12, (), 60.0, False, files)
    damaged = replace(lost, checkpoint=StoredFile(files, files.write(b"no checkpoint")))
    assert isinstance(outcome_of(cluster, lost), CheckpointError)
    assert isinstance(outcome_of(cluster, damaged), CheckpointError)
    assert isinstance(outcome_of(cluster, replace(lost, checkpoint=None)), TrainedSlice)  # it lives on
    assert cluster.call(float) == 0.0
    with pytest.raises(FileNotFoundError):  # no lost connection
        cluster.call(os.stat, "no such file")


def test_files_that_find_no_room_travel(cluster: Cluster, no_room: FileStore) -> None:
    outcome = outcome_of(cluster, SliceRequest(QUICK, None, 12, (), 60.0, False, no_room))
    assert isinstance(outcome, TrainedSlice)
    assert outcome.files is None
    assert outcome.result.checkpoint == train_slice(QUICK, None, 12).checkpoint


def test_a_question_to_a_network_in_a_file_is_answered(cluster: Cluster, files: FileStore) -> None:
    _, saved = result_and_files(cluster, SliceRequest(QUICK, None, 12, (), 60.0, False, files))
    assert saved.weights[0]
    told = ("member_losses", QUICK.model_dump())
    losses = cluster.ask(answer_question, *told, StoredFile(files, saved.weights[0]), (), timeout_s=60)
    assert [len(each) for each in losses] == [1437, 360]
    with pytest.raises(CheckpointError):
        cluster.ask(answer_question, *told, StoredFile(files, "0" * 64), (), timeout_s=60)


def test_a_worker_with_other_images_says_so(cluster: Cluster, files: FileStore) -> None:
    own = SliceRequest(QUICK, None, 12, (), 60.0, False, files, open_prepared("digits").sha256)
    _, saved = result_and_files(cluster, own)
    assert isinstance(outcome_of(cluster, replace(own, data_sha256="0" * 64)), DatasetChanged)
    told = ("member_losses", QUICK.model_dump(), StoredFile(files, str(saved.weights[0])), ())
    assert cluster.ask(answer_question, *told, own.data_sha256, timeout_s=60)
    with pytest.raises(DatasetChanged):
        cluster.ask(answer_question, *told, "0" * 64, timeout_s=60)


def test_a_question_is_answered_and_its_error_raised(cluster: Cluster) -> None:
    assert cluster.ask(inspect_model, "squeezenet1_1", timeout_s=60).whole.parameters == 1_235_496
    with pytest.raises(KeyError):
        cluster.ask(inspect_model, "no_such_model", timeout_s=60)


def test_a_question_is_answered_while_a_slice_trains(dask: DaskCluster, held: HeldSlice) -> None:
    outcomes: queue.Queue[TrainedSlice | Exception] = queue.Queue()
    dask.submit(held.request, outcomes.put)
    until(held.is_under_way)
    with ThreadPoolExecutor(1) as reader:
        asked = reader.submit(dask.ask, inspect_model, "squeezenet1_1", timeout_s=60)
        wait([asked], timeout=30)
        is_answered = asked.done()
        held.go_on()
    assert is_answered
    while outcomes.empty():
        dask.ask(inspect_model, "squeezenet1_1", timeout_s=60)
    outcome, expected = outcomes.get(), held.trained_alone()
    assert isinstance(outcome, TrainedSlice)
    assert outcome.result.metrics.tobytes() == expected.metrics.tobytes()
    assert outcome.files == save(held.request.files, expected)


def test_a_scheduler_that_comes_back_is_found_again(dask: DaskCluster, slow: SliceRequest) -> None:
    elsewhere = DaskCluster(dask._local.scheduler_address, workers=0)
    until(lambda: elsewhere.num_workers() == 1)
    elsewhere._client.close()  # as Dask does half a minute after losing its scheduler
    assert elsewhere.num_workers() == 0
    until(lambda: elsewhere.num_workers() == 1)
    assert isinstance(outcome_of(elsewhere, slow), TrainedSlice)
    elsewhere.close()


def test_a_slice_whose_workers_elsewhere_are_all_gone_is_given_back(
    dask: DaskCluster, slow: SliceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask._local.scheduler, "allowed_failures", 3)  # as in a scheduler that Dask itself started
    elsewhere = DaskCluster(dask._local.scheduler_address, workers=0)
    until(lambda: elsewhere.num_workers() == 1)
    worker, outcomes = int(dask.ask(os.getpid, timeout_s=60)), queue.Queue[TrainedSlice | Exception]()
    elsewhere.submit(slow, outcomes.put)
    os.kill(worker, signal.SIGKILL)  # the one that replaces it has another address
    until(lambda: elsewhere.num_workers() >= 0 and not outcomes.empty())
    assert isinstance(outcomes.get(), CancelledError)
    until(lambda: elsewhere.num_workers() == 1, 60.0)
    assert isinstance(outcome_of(elsewhere, slow), TrainedSlice)
    assert not elsewhere._bound
    elsewhere.close()


def test_a_slice_whose_result_is_lost_on_the_way_is_given_back(
    dask: DaskCluster, slow: SliceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_: object, **__: object) -> None:
        raise OSError("The connection is cut.")

    monkeypatch.setattr(dask._client, "_gather", cut)
    assert isinstance(outcome_of(dask, slow), CancelledError)


def test_dask_forgets_tasks_that_are_over(dask: DaskCluster) -> None:
    def num_remembered() -> int:
        measured = dask._client.run(lambda dask_worker: len(dask_worker.digests_total))
        return sum(type(each) in (Task, TaskGroup) for each in gc.get_objects()) + sum(measured.values())

    before = num_remembered()
    for _ in range(2 * COMPUTATIONS):
        dask.call(int)
        until(lambda: not dask._local.scheduler.tasks)
    assert num_remembered() - before < 1.5 * COMPUTATIONS


def test_of_workers_elsewhere_those_of_the_most_common_arithmetic_train(
    dask: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = DaskCluster(dask._local.scheduler_address, workers=0)
    arithmetic = {"tcp://a": "old", "tcp://b": "new", "tcp://c": "new"}
    monkeypatch.setattr(elsewhere._client, "nthreads", lambda: dict.fromkeys(arithmetic, 1))
    asked: list[str] = []

    def run(*_: object, workers: list[str]) -> dict[str, str]:
        asked.extend(workers)
        return {each: arithmetic[each] for each in workers}

    monkeypatch.setattr(elsewhere._client, "run", run)
    assert (sorted(elsewhere._addresses()), elsewhere.environment()) == (["tcp://b", "tcp://c"], "new")
    assert [elsewhere.ask(str, timeout_s=60) for _ in range(2)] == ["new"] * 2
    assert sorted(asked[-2:]) == ["tcp://b", "tcp://c"]  # in turn
    del arithmetic["tcp://b"], arithmetic["tcp://c"]
    assert (elsewhere._addresses(), elsewhere.environment()) == (["tcp://a"], "old")
    elsewhere.close()


def test_a_scheduler_that_starts_after_the_app_is_found_and_missed_when_it_ends(slow: SliceRequest) -> None:
    port = free_port()
    elsewhere = DaskCluster(f"tcp://127.0.0.1:{port}", workers=0)
    assert (elsewhere.num_workers(), elsewhere.environment()) == (0, "")
    assert isinstance(elsewhere.outage(), WorkersAway)
    started = [
        subprocess.Popen([sys.executable, "-m", *program], cwd=PROJECT)
        for program in (
            ("dask", "scheduler", "--no-dashboard", "--host", "127.0.0.1", "--port", str(port)),
            ("core", "worker", f"tcp://127.0.0.1:{port}"),
        )
    ]
    try:
        until(lambda: elsewhere.num_workers() == 1, 60.0)
        assert isinstance(outcome_of(elsewhere, slow), TrainedSlice)
        assert elsewhere.outage() is None
        started[0].kill()
        until(
            lambda: elsewhere.outage() is not None
        )  # from the first moment on, in which Dask itself has not noticed it
    finally:
        elsewhere.close()
        for each in started:
            each.kill()
            each.wait()


def test_what_is_no_scheduler_does_not_hold_up_the_app() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        elsewhere = DaskCluster(f"tcp://127.0.0.1:{other.server_port}", workers=0)
        assert isinstance(elsewhere.outage(), WorkersAway)
        with pytest.raises(NoWorkers):
            elsewhere.ask(int, timeout_s=0)
        elsewhere.close()
        other.shutdown()


def test_dask_shows_no_web_pages(dask: DaskCluster) -> None:
    """They would show everybody on the machine what the class trains."""
    ports = [dask._local.scheduler.http_server.port]
    ports += dask._client.run(lambda dask_worker: dask_worker.http_server.port).values()
    for port, page in itertools.product(ports, ("", "health", "status", "metrics", "info/main/workers.html")):
        assert httpx.get(f"http://127.0.0.1:{port}/{page}").status_code == 404


def test_training_gives_way_to_the_app(dask: DaskCluster) -> None:
    assert dask.ask(os.nice, 0, timeout_s=60) == min(os.nice(0) + NICENESS, 19)


def test_a_question_is_asked_again_where_its_worker_was_lost(
    dask: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, lost = dask._client.run, [OSError("It died."), ValueError("It had died.")]

    def run_in_the_end(*arguments: object, **how: object) -> object:
        if lost:
            raise lost.pop()
        return run(*arguments, **how)

    monkeypatch.setattr(dask._client, "run", run_in_the_end)
    monkeypatch.setattr("core.runs.cluster.RESTART_PAUSE_S", 0.0)
    assert dask.ask(int, timeout_s=60) == 0


def test_a_question_takes_no_longer_than_it_may(dask: DaskCluster) -> None:
    with pytest.raises(TimeoutError):
        dask.ask(time.sleep, 5.0, timeout_s=0.1)


def test_a_question_outlives_its_worker(dask: DaskCluster) -> None:
    worker = int(dask.ask(os.getpid, timeout_s=60))
    with ThreadPoolExecutor(1) as reader:
        answer = reader.submit(dask.ask, time.sleep, 2.0, timeout_s=60)
        time.sleep(0.5)
        os.kill(worker, signal.SIGKILL)
        with suppress(NoWorkers):  # if the new one is not there yet
            answer.result(timeout=60)
    until(lambda: dask.num_workers() == 1, 60.0)
    assert int(dask.ask(os.getpid, timeout_s=60)) != worker


def test_a_worker_killed_in_a_slice_is_replaced_and_the_slice_can_be_trained_again(
    dask: DaskCluster, held: HeldSlice
) -> None:
    worker = int(dask.call(os.getpid))
    outcomes: queue.Queue[TrainedSlice | Exception] = queue.Queue()
    dask.submit(held.request, outcomes.put)
    until(held.is_under_way)
    dask.submit(replace(held.request, checkpoint=None), outcomes.put)  # it waits behind
    assert set(dask._client.nthreads().values()) == {1}
    held.let_another_begin()
    until(lambda: len(dask._local.scheduler.tasks) == 2)
    os.kill(worker, signal.SIGKILL)
    assert [type(outcomes.get(timeout=60)) for _ in range(2)] == [WorkerDied] * 2
    outcome = outcome_of(dask, held.request)
    assert isinstance(outcome, TrainedSlice)
    assert int(dask.call(os.getpid)) != worker
    assert outcome.result.metrics.tobytes() == held.trained_alone().metrics.tobytes()

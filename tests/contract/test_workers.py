"""Worker processes: their start, their end, and how many there are."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.config import RunConfig
from core.errors import HomeGone, TooMuchMemory, WorkersEnd
from core.runs.cluster import DaskCluster, EmbeddedWorker, SliceRequest
from core.runs.files import FileStore
from core.runs.worker import WARM_MB, TrainedSlice, fitting_workers, run_slice, share_mb, worker_environment
from core.settings import LEAST_WORKER_MB, PROJECT, get_settings
from core.training.memory import step_bytes
from tests.parts import QUICK, outcome_of
from tests.waiting import until

LARGEST = RunConfig(model="residual", depth=20, batch_size=512)


def test_a_worker_ends_when_its_app_is_gone() -> None:
    told = "tcp://127.0.0.1:1\n"  # and then no more, as the app holds the other end no longer
    assert (
        subprocess.run(
            [sys.executable, "-m", "core", "worker"], cwd=PROJECT, input=told, text=True, timeout=30
        ).returncode
        == 0
    )


def test_a_worker_that_ends_again_and_again_is_started_ever_more_slowly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(EmbeddedWorker):
        def _live(self) -> str:
            return "exit code 1"

    monkeypatch.setattr("core.runs.cluster.RESTART_PAUSE_S", 0.001)
    monkeypatch.setattr("core.runs.cluster.LONGEST_PAUSE_S", 0.01)
    worker = Broken("tcp://nowhere", lambda: True)
    until(lambda: len(caplog.messages) > 4)
    worker.close()
    pauses = [message.split("restarting it in ")[1] for message in caplog.messages[:4]]
    assert pauses == ["0.004 s", "0.008 s", "0.01 s", "0.01 s"]


def test_a_worker_that_ends_now_and_then_is_not_one_that_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mortal(EmbeddedWorker):
        lives = 0

        def _live(self) -> str:
            self.lives += 1
            return "exit code -9"

    monkeypatch.setattr("core.runs.cluster.RESTART_PAUSE_S", 0.001)
    monkeypatch.setattr("core.runs.cluster.WARM_S", 0.0)  # every life is long enough
    worker = Mortal("tcp://nowhere", lambda: True)
    until(lambda: worker.lives > 4)
    assert not worker.failure
    worker.close()


def test_further_workers_are_started_once_the_first_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[EmbeddedWorker] = []

    def fail(worker: EmbeddedWorker) -> subprocess.Popen[str]:
        started.append(worker)
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(EmbeddedWorker, "_start", fail)
    monkeypatch.setattr("core.runs.cluster.RESTART_PAUSE_S", 0.05)
    cluster = DaskCluster("", workers=2)
    try:
        until(lambda: len(started) > 2)
        assert set(started) == {cluster._embedded[0]}
        monkeypatch.setattr(cluster, "num_workers", lambda: 1)
        until(lambda: set(started) == set(cluster._embedded))
    finally:
        cluster.close()


def test_a_worker_that_cannot_be_started_is_started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    class TooLittleMemoryAtFirst(EmbeddedWorker):
        starts = 0

        def _start(self) -> subprocess.Popen[str]:
            self.starts += 1
            if self.starts == 1:
                raise OSError(errno.ENOMEM, "Cannot allocate memory")
            return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, text=True)

    monkeypatch.setattr("core.runs.cluster.RESTART_PAUSE_S", 0.0)
    worker = TooLittleMemoryAtFirst("tcp://nowhere", lambda: True)
    until(lambda: worker.starts > 1)
    worker.close()


def test_a_worker_that_is_closed_while_it_starts_ends() -> None:
    class Closed(EmbeddedWorker):
        started: subprocess.Popen[str] | None = None

        def _start(self) -> subprocess.Popen[str]:
            waiting = "input(); input()"
            self.started = subprocess.Popen([sys.executable, "-c", waiting], stdin=subprocess.PIPE, text=True)
            self.close()
            return self.started

    worker = Closed("tcp://nowhere", lambda: True)
    until(lambda: worker.started is not None and worker.started.poll() is not None)


def test_workers_that_end_at_once_are_told_with_their_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with too little memory for the warm-up: a real worker process that is killed again and again."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\nif 'worker' in sys.orig_argv: os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    monkeypatch.setattr("core.runs.cluster.RESTART_PAUSE_S", 0.1)
    with monkeypatch.context() as broken:
        broken.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.chdir(tmp_path)  # an app may be started anywhere
        cluster = DaskCluster("", workers=1)
        try:
            until(lambda: cluster.outage() is not None)
            assert isinstance(problem := cluster.outage(), WorkersEnd)
            assert problem.reason == "exit code -9"
            broken.undo()  # there is memory again
            until(lambda: cluster.num_workers() == 1, 60.0)
            assert cluster.outage() is None
        finally:
            cluster.close()


@pytest.mark.parametrize(
    "limit",
    [
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})",
        "resource.setrlimit(resource.RLIMIT_RSS, (10**9,) * 2)",
    ],
    ids=["one processor", "1 GB"],
)
def test_a_machine_that_may_not_do_more_gets_one_worker(limit: str) -> None:
    """As in a container: the machine's own resources do not count."""
    program = f"import os, resource\n{limit}\nfrom core.runs.worker import fitting_workers\nprint(fitting_workers())"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert int(done.stdout) == 1


@pytest.mark.parametrize(("memory_mb", "workers", "each_mb"), [(600, 1, 400), (1_000, 1, 700), (4_000, 2, 1_850)])
def test_workers_share_what_the_app_leaves(
    memory_mb: int, workers: int, each_mb: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distributed.system.memory_limit", lambda: memory_mb * 2**20)
    monkeypatch.setattr("dask.system.cpu_count", lambda: 2)
    assert fitting_workers() == workers
    assert share_mb(workers) == each_mb


def test_a_worker_can_warm_up_in_the_least_memory_that_it_may_be_given(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRENDLAB_HOME", str(home_with_digits))
    program = "from core.runs.worker import warm_up; warm_up()"
    environment = worker_environment(LEAST_WORKER_MB)
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, env=environment, check=True)
    command = [sys.executable, "-m", "core", "doctor"]
    too_little = subprocess.run(
        command, cwd=PROJECT, env=worker_environment(LEAST_WORKER_MB - 1), capture_output=True, text=True, check=False
    )
    assert too_little.returncode == 2
    assert "TRENDLAB_WORKER_MB" in too_little.stderr


def test_what_needs_too_much_memory_is_refused_by_name(
    home_with_digits: Path, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRENDLAB_HOME", str(home_with_digits))
    cluster = DaskCluster("", workers=1, worker_mb=400)
    try:
        until(lambda: cluster.num_workers() == 1, 60.0)
        refused = outcome_of(cluster, SliceRequest(LARGEST, None, 1, (), 60.0, False, files))
        assert isinstance(refused, TooMuchMemory)
        assert refused.facts() == {"needed_mb": WARM_MB + step_bytes(LARGEST) // 2**20, "limit_mb": 400}
        usual = SliceRequest(RunConfig(), None, 1, (), 60.0, False, files)
        assert isinstance(outcome_of(cluster, usual), TrainedSlice)
    finally:
        cluster.close()


MEASURE = """
import sys
from core.config import RunConfig
from core.runs.worker import run_slice, stub_torch_compiler, warm_up
stub_torch_compiler()
import distributed
warm_up()
run_slice(RunConfig.model_validate_json(sys.argv[1]).model_dump(), None, 2, (), 60.0, None)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("model", ["seed_cnn", "small_resnet", "small_vgg", "residual", "plain"])
def test_a_worker_takes_about_as_much_memory_as_estimated(
    model: str, precision: str, home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRENDLAB_HOME", str(home_with_digits))
    config = RunConfig(model=model, precision=precision, depth=20, batch_size=512)
    command = [sys.executable, "-c", MEASURE, config.model_dump_json()]
    done = subprocess.run(command, cwd=PROJECT, env=worker_environment(), capture_output=True, text=True, check=True)
    taken_mb, estimated_mb = int(done.stdout) / 1024, WARM_MB + step_bytes(config) / 2**20
    assert 0.9 * taken_mb <= estimated_mb <= 1.5 * taken_mb


GIVEN_BACK = """
from core.config import RunConfig
from core.runs.memory import give_back_memory
from core.runs.worker import run_slice, stub_torch_compiler, warm_up
def taken_mb():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon")) / 1024
stub_torch_compiler()
warm_up()
before = taken_mb()
run_slice(RunConfig(model="residual", depth=20, batch_size=512).model_dump(), None, 2, (), 60.0, None)
for above_mb in (100_000, 100):
    give_back_memory(above_mb)
    print(taken_mb() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
def test_a_process_beyond_its_share_gives_back_what_a_slice_took(
    home_with_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRENDLAB_HOME", str(home_with_digits))
    command = [sys.executable, "-c", GIVEN_BACK]
    done = subprocess.run(command, cwd=PROJECT, env=worker_environment(), capture_output=True, text=True, check=True)
    within_mb, beyond_mb = map(float, done.stdout.split())
    assert beyond_mb < within_mb - 20


def test_nothing_is_trained_for_a_folder_that_is_gone(tmp_path: Path) -> None:
    files = FileStore(tmp_path / "home" / "files")
    shutil.rmtree(tmp_path / "home")
    with pytest.raises(HomeGone):
        run_slice(QUICK.model_dump(), None, 1, (), 60.0, files)


@pytest.mark.usefixtures("home_with_digits")
def test_a_worker_gives_back_memory_after_a_slice(files: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENDLAB_WORKER_MB", "400")
    get_settings.cache_clear()
    shares_mb: list[int] = []
    monkeypatch.setattr("core.runs.worker.give_back_memory", shares_mb.append)
    run_slice(QUICK.model_dump(), None, 1, (), 60.0, files)
    assert shares_mb == [400]


HEAPS = """
import ctypes, sys, threading
from core.runs.memory import keep_few_heaps
keep_few_heaps()
libc = ctypes.CDLL("libc.so.6")
libc.fopen.restype = ctypes.c_void_p
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier(8)
def allocate():
    libc.malloc(5000)
    together.wait()
threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc describes its heaps")
def test_the_threads_of_the_app_share_two_heaps(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", HEAPS, str(tmp_path / "heaps.xml")], cwd=PROJECT, check=True)
    assert (tmp_path / "heaps.xml").read_text().count("<heap nr=") <= 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such score")
def test_full_memory_ends_a_worker_rather_than_the_app() -> None:
    worker = EmbeddedWorker("tcp://127.0.0.1:1", lambda: True)
    try:
        until(lambda: worker._process is not None)
        assert worker._process
        score = Path(f"/proc/{worker._process.pid}/oom_score_adj")
        until(lambda: int(score.read_text()) > int(Path("/proc/self/oom_score_adj").read_text()))
    finally:
        worker.close()

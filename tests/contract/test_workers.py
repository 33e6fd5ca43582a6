"""Worker processes: their start, their end, and how many there are."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import WorkersEnd
from core.runs.cluster import DaskCluster, EmbeddedWorker
from core.settings import PROJECT
from tests.waiting import until


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

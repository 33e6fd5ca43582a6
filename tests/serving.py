"""A real TrendLab server for tests, in a separate process on a free loopback port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx

from core.settings import PROJECT
from tests.waiting import until

START_TIMEOUT_S = 60.0


class Server:
    """`streamlit run` with a home folder. Use it as a context, or call `start` and `kill` by hand."""

    def __init__(self, home: Path, *, script: Path = PROJECT / "app.py", base_path: str = "", **settings: str) -> None:
        self.home, self.script, self.base_path = home, script, base_path
        self.settings = {"TRENDLAB_HOME": str(home), "TRENDLAB_WORKERS": "1"} | settings
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._log_read = 0

    @property
    def address(self) -> str:
        base = f"/{self.base_path}" if self.base_path else ""
        return f"http://127.0.0.1:{self.port}{base}"

    def start(self) -> None:
        """Returns as soon as the server answers."""
        options = {
            "server.port": self.port,
            "server.address": "127.0.0.1",
            "server.headless": "true",
            "server.baseUrlPath": self.base_path,
        }
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(self.script)]
                + [f"--{name}={value}" for name, value in options.items()],
                cwd=PROJECT,
                env=os.environ | {"PYTHONPATH": str(PROJECT)} | self.settings,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        until(self.is_up, START_TIMEOUT_S, self.log)

    def is_up(self) -> bool:
        try:
            # verify=False saves loading the system's certificates, which takes longer than a request
            return httpx.get(f"{self.address}/_stcore/health", verify=False).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """Same as kill -9."""
        self._end(os.kill, signal.SIGKILL)

    def stop(self) -> None:
        """Same as Ctrl-C, which a terminal also sends to the workers."""
        self._end(os.killpg, signal.SIGINT)

    def log(self) -> str:
        return (self.home / "server.log").read_text(encoding="utf-8", errors="replace")

    def new_log(self) -> str:
        """The log since the last call."""
        new = self.log()[self._log_read :]
        self._log_read += len(new)
        return new

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.address}/{path}", timeout=30, verify=False)

    def worker_pids(self) -> list[int]:
        """The processes that train for this server."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task")
        pids = [int(pid) for task in children.iterdir() for pid in (task / "children").read_text().split()]
        return [pid for pid in pids if b"core\0worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def _end(self, send: Callable[[int, int], None], how: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            send(self.process.pid, how)
            self.process.wait(timeout=20)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

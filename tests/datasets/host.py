"""A small HTTP server on loopback. As a proxy it also answers for every other host."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit


@dataclass
class Host:
    """Serves `folder`, by the last part of the path; `asked` lists what was requested.

    A request whose path ends in `silent` gets no response until the server closes.
    """

    folder: Path
    address: str = ""
    silent: str = "nothing"
    asked: list[str] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve_folder(folder: Path) -> Iterator[Host]:
    host = Host(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, host))
    host.address = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield host
    finally:
        host.closed.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, host: Host, *arguments: object) -> None:
        self._host = host
        super().__init__(*arguments, directory=str(host.folder))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._host.asked.append(self.path)
        if self.path.endswith(self._host.silent):
            self._host.closed.wait(60)
            return
        super().do_GET()

    def do_CONNECT(self) -> None:
        """An https address through a proxy: refused."""
        self.send_error(502)

    def translate_path(self, path: str) -> str:
        return str(self._host.folder / Path(urlsplit(path).path).name)

    def log_message(self, *_: object) -> None:
        pass

"""Published models taken apart by workers, each once for all readers."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from core.errors import InspectionFailed
from core.interpret.inspection import CLASSIFIERS, Inspection
from core.runs.cluster import Cluster
from core.runs.worker import inspected

KEPT = 32  # models; each has some 10 to 200 kB
WAIT_S = 60.0


class Inspections:
    """Who asks for a model that is being inspected waits for that; the oldest is forgotten first."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._lock = threading.Lock()
        self._asked: dict[str, Future[Inspection]] = {}

    def of(self, name: str) -> Inspection:
        """Raises InspectionFailed."""
        if name not in CLASSIFIERS:
            raise InspectionFailed(name, "KeyError")
        with self._lock:
            answer = self._asked.get(name)
            is_first = answer is None
            if answer is None:
                answer = self._asked[name] = Future()
                if len(self._asked) > KEPT:
                    del self._asked[next(iter(self._asked))]
        if is_first:
            self._ask(name, answer)
        return answer.result()

    def _ask(self, name: str, answer: Future[Inspection]) -> None:
        try:
            answer.set_result(self._cluster.call(inspected, name, timeout_s=WAIT_S))
        except Exception as problem:  # whatever a worker raises: the next who asks tries again
            with self._lock:
                self._asked.pop(name, None)
            answer.set_exception(InspectionFailed(name, type(problem).__name__))

"""Published models inspected by workers, each once for all readers."""

from __future__ import annotations

from core.errors import InspectionFailed
from core.interpret.inspection import CLASSIFIERS, Inspection
from core.runs.answers import Answers, GiveWay
from core.runs.cluster import Cluster
from core.runs.worker import inspect_model

WAIT_S = 60.0


class Inspections:
    """Readers who ask for a model that is already being inspected wait for the same inspection."""

    def __init__(self, cluster: Cluster, answers: Answers) -> None:
        self._cluster, self._answers = cluster, answers

    def get(self, name: str, give_way: GiveWay | None = None) -> Inspection:
        """Raises InspectionFailed."""
        if name not in CLASSIFIERS:
            raise InspectionFailed(name, "KeyError")
        try:
            return self._answers.get(
                ("inspect", name), lambda: self._cluster.ask(inspect_model, name, timeout_s=WAIT_S), give_way=give_way
            )
        except Exception as problem:  # whatever a worker raises; the next reader tries again
            raise InspectionFailed(name, type(problem).__name__) from problem

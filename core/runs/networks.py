"""A run's networks at the ends of its epochs, and questions to workers about them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.config import RunConfig
from core.errors import NoWorkers
from core.interpret.neighbours import Points, arranged
from core.models import NUM_CLASSES
from core.runs.answers import Answers, GiveWay, Question
from core.runs.cluster import Cluster
from core.runs.files import FileStore, StoredFile
from core.runs.records import Run, SavedNetwork
from core.runs.store import Store
from core.runs.worker import answer_question

LOGITS_KEPT = 64  # epochs; of 12,000 images one has 240 kB
ANSWER_S = 30.0  # how long a page waits for a worker

T = TypeVar("T")


class Networks:
    """Finds the networks that a run's learner may see, and asks workers about them."""

    def __init__(self, store: Store, files: FileStore, cluster: Cluster, answers: Answers) -> None:
        self._store, self._files, self._cluster, self._answers = store, files, cluster, answers
        self._logits_of = lru_cache(LOGITS_KEPT)(self._read_logits)

    def for_run(self, run: Run) -> tuple[SavedNetwork, ...]:
        """One for each measured epoch up to the run's step. At the run's current step the checkpoint has the weights,
        if no snapshot does."""
        saved = self._store.saved_networks(run.trajectory.id, run.step)
        trajectory = run.trajectory
        if saved and trajectory.checkpoint_step == run.step == saved[-1].step and not saved[-1].weights_file:
            saved[-1] = SavedNetwork(saved[-1].epoch, run.step, saved[-1].logits_file, trajectory.checkpoint)
        return tuple(saved)

    def logits(self, networks: tuple[SavedNetwork, ...]) -> NDArray[np.float16]:
        """Their logits for the validation images: (epochs, images, 10), read-only. Raises CheckpointError."""
        read = [self._logits_of(each.logits_file) for each in networks]
        together = np.stack(read) if read else np.empty((0, 0, NUM_CLASSES), np.float16)
        together.flags.writeable = False
        return together

    def ask(
        self,
        config: RunConfig,
        weights_file: str,
        question: str,
        *arguments: Any,
        data_sha256: str | None = None,
        give_way: GiveWay | None = None,
        kept: bool = True,
    ) -> Any:
        """The answer of the network in a file to one of `core/interpret/questions`. It is cached by everything that
        determines it, unless `kept` is false, as for whole files. `data_sha256` is the hash of the run's images.

        Raises NoWorkers if none answers in time, CheckpointError for a lost file, and what the question raises.
        """
        key, ask = self._question(config, weights_file, question, arguments, data_sha256)
        return self._answers.get(key, ask, give_way=give_way, kept=kept)

    def ask_each(
        self,
        config: RunConfig,
        question: str,
        parts: Sequence[tuple[str, tuple[Any, ...]]],
        owner: str,
        data_sha256: str | None = None,
        give_way: GiveWay | None = None,
    ) -> Generator[Any, None, None]:
        """The same for several heavy questions of one learner, given as (weights file, arguments), in order."""
        questions = [self._question(config, file, question, arguments, data_sha256) for file, arguments in parts]
        return self._answers.get_each(questions, heavy_for=owner, give_way=give_way)

    def neighbour_map(
        self, config: RunConfig, weights_file: str, points: Points, owner: str, give_way: GiveWay | None = None
    ) -> Points:
        """The network's answer to the question `hidden_layer`, mapped to the plane by neighbours: (images, 2). Takes
        seconds. Raises NoWorkers if none answers in time."""
        key = ("neighbour_map", config.config_id, weights_file)
        return self._answers.get(key, lambda: self._ask(arranged, points), heavy_for=owner, give_way=give_way)

    def _question(
        self, config: RunConfig, weights_file: str, question: str, arguments: tuple[Any, ...], data_sha256: str | None
    ) -> Question[Any]:
        def ask() -> Any:
            task = (question, config.model_dump(), StoredFile(self._files, weights_file), arguments, data_sha256)
            return self._ask(answer_question, *task)

        return (question, config.config_id, weights_file, arguments), ask

    def _ask(self, function: Callable[..., T], *arguments: Any) -> T:
        try:
            return self._cluster.ask(function, *arguments, timeout_s=ANSWER_S)
        except TimeoutError:
            raise NoWorkers from None

    def _read_logits(self, name: str) -> NDArray[np.float16]:
        return np.frombuffer(self._files.read(name), np.float16).reshape(-1, NUM_CLASSES)

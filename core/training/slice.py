"""One slice of training: bytes in, bytes out. How a run is cut into slices never changes its numbers."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.config import RunConfig
from core.datasets import open_prepared
from core.training import checkpoint as checkpoints
from core.training.batches import Batches
from core.training.checkpoint import TrainingState
from core.training.evaluate import close_epoch, evaluate_chunk
from core.training.result import Evaluation, Finding, SliceResult, Snapshot
from core.training.schedule import Change, learning_rate_at

LONGEST_S = 10.0  # a step or chunk that seems to take longer was interrupted: the computer slept, or paused the process


def train_slice(
    config: RunConfig,
    checkpoint: bytes | None,
    max_steps: int,
    *,
    changes: Sequence[Change] = (),
    max_seconds: float = math.inf,
    data_sha256: str | None = None,
) -> SliceResult:
    """Train at most `max_steps` steps from a checkpoint (None: initial weights), and measure the epochs they complete.

    `changes` are settings changed on the way, for example `(120, "learning_rate", 0.01)`. After `max_seconds` the
    slice ends at the next step or measured chunk. For a given CPU capability and torch version the numbers depend only
    on the configuration, the changes and the images, bit for bit. `data_sha256` is the hash of the run's images. Raises
    CheckpointError and the errors of `open_prepared`.
    """
    batches = Batches(config, open_prepared(config.dataset, data_sha256))
    with _one_thread():
        state = checkpoints.restore(config, checkpoint) if checkpoint else checkpoints.initial_state(config)
        return _Slice(config, batches, state, changes).run(max_steps, max_seconds)


class _Slice:
    def __init__(self, config: RunConfig, batches: Batches, state: TrainingState, changes: Sequence[Change]) -> None:
        self.config, self.batches, self.state, self.changes = config, batches, state, changes
        self.losses: list[float] = []
        self.evaluations: list[Evaluation] = []
        self.snapshots: list[Snapshot] = []
        self.finding: Finding | None = None
        self.finding_step: int | None = None
        self.best_step_s = math.inf

    @property
    def measuring(self) -> bool:
        position = self.state.position
        return position.step == (position.epochs_measured + 1) * self.batches.steps_per_epoch

    @property
    def done(self) -> bool:
        return self.finding == "diverged" or self.state.position.epochs_measured >= self.config.epochs

    def run(self, max_steps: int, max_seconds: float) -> SliceResult:
        train_s = 0.0
        while not self.done and train_s < max_seconds:
            started = time.perf_counter()
            if self.measuring:
                self._measure()
            elif len(self.losses) < max_steps:
                self._timed_step()
            else:
                break
            train_s += min(time.perf_counter() - started, LONGEST_S)
        return self._result(train_s)

    def _measure(self) -> None:
        if evaluate_chunk(self.state, self.batches):
            evaluation, snapshot, finding = close_epoch(self.state, self.batches.num_validation, self.config)
            self._note(finding)
            self.evaluations.append(evaluation)
            self.snapshots.append(snapshot)

    def _note(self, finding: Finding | None) -> None:
        if finding != self.finding:
            self.finding_step = self.state.position.step if finding else None
        self.finding = finding

    def _timed_step(self) -> None:
        started = time.thread_time()  # CPU time: on a busy machine the settings are not to blame for waiting
        self._step()
        self.best_step_s = min(self.best_step_s, time.thread_time() - started)

    def _step(self) -> None:
        model, optimizer = self.state.model, self.state.optimizer
        images, labels = self.batches.training(self.state.position.step)
        for group in optimizer.param_groups:
            group["lr"] = self._learning_rate()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.config.precision == "bfloat16"):
            logits = model(images)
        loss = F.cross_entropy(logits.float(), labels)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        self._account(loss.item(), logits.detach(), labels)

    def _account(self, loss: float, logits: Tensor, labels: Tensor) -> None:
        position = self.state.position
        position.step += 1
        position.loss_sum += loss * len(labels)
        position.num_correct += int((logits.argmax(1) == labels).sum())
        position.num_seen += len(labels)
        self.losses.append(loss)
        if not math.isfinite(loss):
            self._note("diverged")
        if self.measuring:
            position.gradient_norm = _gradient_norm(self.state)

    def _learning_rate(self) -> float:
        total_steps = self.config.epochs * self.batches.steps_per_epoch
        return learning_rate_at(self.config, self.changes, self.state.position.step, total_steps)

    def _result(self, train_s: float) -> SliceResult:
        return SliceResult(
            checkpoint=checkpoints.save(self.state),
            metrics=np.asarray(self.losses, dtype=np.float32),
            step=self.state.position.step,
            done=self.done,
            evaluating=self.measuring and not self.done,
            evaluations=tuple(self.evaluations),
            snapshots=tuple(self.snapshots),
            finding=self.finding,
            finding_step=self.finding_step,
            train_s=train_s,
            best_step_s=self.best_step_s if self.losses else 0.0,
        )


def _gradient_norm(state: TrainingState) -> float:
    gradients = [p.grad for p in state.model.parameters() if p.grad is not None]
    return float(torch.nn.utils.get_total_norm(gradients))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Use one thread, as sums are reproducible only in a fixed order; then restore threads and random state."""
    threads, random_state = torch.get_num_threads(), torch.get_rng_state()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_rng_state(random_state)

"""The state of a run between two slices, and its bytes."""

from __future__ import annotations

import io
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from core.config import RunConfig
from core.errors import CheckpointError
from core.models import build_model
from core.optimizers import build_optimizer

FORMAT = 1


@dataclass
class EvaluationProgress:
    """A measurement that may pause after any chunk: how many images are done, and the sums so far."""

    num_done: int = 0
    loss_sum: float = 0.0
    num_correct: int = 0
    silent_units: float = 0.0
    logits: list[Tensor] = field(default_factory=list)  # float32, (chunk, 10) each


@dataclass
class Position:
    """A run's position: steps taken, epochs measured, and the sums of the current epoch."""

    step: int = 0
    epochs_measured: int = 0
    loss_sum: float = 0.0
    num_correct: int = 0
    num_seen: int = 0
    gradient_norm: float = 0.0


@dataclass
class TrainingState:
    """Everything that the next step depends on."""

    model: nn.Module
    optimizer: Optimizer
    position: Position
    evaluation: EvaluationProgress


def initial_state(config: RunConfig) -> TrainingState:
    """Initial weights from the seed."""
    torch.manual_seed(config.seed)
    model = build_model(config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return TrainingState(model, build_optimizer(model, config), Position(), EvaluationProgress())


def save(state: TrainingState) -> bytes:
    buffer = io.BytesIO()
    content = {
        "format": FORMAT,
        "model": state.model.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "position": asdict(state.position),
        "evaluation": dict(vars(state.evaluation)),
        "random_state": torch.get_rng_state(),
    }
    torch.save(_canonical(content), buffer)
    return buffer.getvalue()


def restore(config: RunConfig, checkpoint: bytes) -> TrainingState:
    """The state that `save` wrote for a run with this network. Raises CheckpointError for any other bytes."""
    content = _read(checkpoint)
    fresh = initial_state(config)  # the meta device would save 2 ms but import another 40 MB of torch
    try:
        fresh.model.load_state_dict(content["model"])
        fresh.optimizer.load_state_dict(content["optimizer"])
        torch.set_rng_state(content["random_state"])
        position, evaluation = Position(**content["position"]), EvaluationProgress(**content["evaluation"])
    except (KeyError, RuntimeError, TypeError, ValueError) as problem:
        raise CheckpointError(f"This checkpoint is none of such a run: {problem}") from problem
    return TrainingState(fresh.model, fresh.optimizer, position, evaluation)


def _canonical(value: Any) -> Any:
    """The same content with equal strings interned: pickle writes a repeated object differently from an equal one, and
    equal states must give equal bytes."""
    if isinstance(value, dict):
        return {_canonical(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_canonical(item) for item in value)
    return sys.intern(value) if type(value) is str else value


def _read(checkpoint: bytes) -> dict[str, Any]:
    try:
        content: dict[str, Any] = torch.load(io.BytesIO(checkpoint), weights_only=True)
        found = content["format"]
    except Exception as problem:  # torch.load raises many kinds of errors for damaged bytes
        raise CheckpointError(f"These bytes are no checkpoint: {problem}") from problem
    if found != FORMAT:
        raise CheckpointError(f"The checkpoint has format {found}, this engine reads {FORMAT}.")
    return content


def weights_bytes(model: nn.Module) -> bytes:
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    return buffer.getvalue()

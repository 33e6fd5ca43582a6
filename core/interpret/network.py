"""Loads a trained network to answer questions while others train in the same process."""

from __future__ import annotations

import io
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from core.config import RunConfig
from core.errors import CheckpointError
from core.models import build_model

DRAWS = (Tensor.uniform_, Tensor.normal_, nn.init.kaiming_uniform_, nn.init.uniform_, nn.init.normal_)


def load_network(config: RunConfig, content: bytes) -> nn.Module:
    """The network of a run, in evaluation mode, from the bytes of a snapshot's weights or of a checkpoint. Raises
    CheckpointError for any other bytes."""
    try:
        state = torch.load(io.BytesIO(content), weights_only=True)
        weights = state["model"] if "format" in state else state
        with _NoDraws():
            network = build_model(config)
        network.load_state_dict(weights)
    except Exception as problem:  # torch raises many kinds of errors for damaged bytes
        raise CheckpointError(f"These bytes are no weights of {config.model}: {problem}") from problem
    return _at_rest(network)


def untrained_network(config: RunConfig, seed: int) -> nn.Module:
    """The network that training with that seed would start from, or one much like it, in evaluation mode."""
    with _OwnDraws(torch.Generator().manual_seed(seed)):
        network = build_model(config)
    return _at_rest(network)


def _at_rest(network: nn.Module) -> nn.Module:
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network.eval().requires_grad_(False)


class _NoDraws(TorchFunctionMode):
    """Builds a network without drawing initial weights, as a concurrent training uses the random state."""

    def __torch_function__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        return (*args, *kwargs.values())[0] if function in DRAWS else function(*args, **kwargs)


class _OwnDraws(TorchFunctionMode):
    """Draws a network's initial weights from a separate random state."""

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self._generator = generator

    def __torch_function__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        own = {"generator": self._generator} if function in DRAWS else {}
        return function(*args, **((kwargs or {}) | own))

"""The estimate of a step's memory."""

from __future__ import annotations

import gc
import weakref

import pytest
from torch import nn

from core.config import RunConfig, choices
from core.models import build_model
from core.training import memory


@pytest.mark.parametrize("model", choices("model"))
def test_an_estimate_leaves_nothing_in_memory(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[weakref.ref[nn.Parameter]] = []

    def watched(config: RunConfig) -> nn.Module:
        built = build_model(config)
        left.extend(weakref.ref(weights) for weights in built.parameters())
        return built

    monkeypatch.setattr(memory, "build_model", watched)
    assert memory.step_bytes(RunConfig(model=model)) > 0
    gc.collect()
    assert left
    assert not any(weights() is not None for weights in left)


def test_twice_the_batch_needs_twice_the_memory() -> None:
    assert memory.step_bytes(RunConfig(batch_size=64)) == 2 * memory.step_bytes(RunConfig(batch_size=32))

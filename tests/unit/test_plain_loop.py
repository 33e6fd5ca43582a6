"""Training is right: torch's plain loop gives the same losses."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core import catalog
from core.config import RunConfig
from core.datasets import open_prepared
from core.models import build_model
from core.optimizers import build_optimizer
from core.training import train_slice

STEPS = 12
# A suitable rate for each rule: with too large steps, rounding errors in the last bits soon dominate.
RATES = {"sgd": 0.003, "sgd_nesterov": 0.003, "rmsprop": 0.00003}  # RMSprop begins with steps of ten rates


def plain_losses(config: RunConfig, forward: Callable[[nn.Module, Tensor], Tensor]) -> list[float]:
    """The loop of any tutorial: contiguous images, no slices, no fused optimizer."""
    data = open_prepared("digits")
    pixels = torch.tensor(np.asarray(data.images[: data.num_train])).permute(0, 3, 1, 2).repeat(1, 3, 1, 1)
    images, labels = pixels.float() / 127.5 - 1.0, torch.tensor(data.labels[: data.num_train])
    torch.manual_seed(config.seed)
    model = build_model(config)
    rule = build_optimizer(model, config)
    for group in rule.param_groups:
        group["fused"] = False
    order = torch.randperm(data.num_train, generator=torch.Generator().manual_seed(config.seed * 1000))
    losses = []
    for index in order.split(config.batch_size)[:STEPS]:
        loss = F.cross_entropy(forward(model, images[index]), labels[index])
        rule.zero_grad()
        loss.backward()
        rule.step()
        losses.append(loss.item())
    return losses


def survey_forward(model: nn.Module, images: Tensor) -> Tensor:
    """The survey's network with ReLU before pooling, as its listing has it."""
    x = F.max_pool2d(F.relu(model.conv1(images)), 2)
    x = F.max_pool2d(F.relu(model.conv2(x)), 2).reshape(-1, 64 * 6 * 6)
    return model.fc3(F.relu(model.fc2(F.relu(model.fc1(x)))))


# The survey's rule with each seed, each other rule with one; the slow tests have them all.
CASES = [
    pytest.param(rule, seed, marks=[pytest.mark.slow] if seed and rule != "sgd" else [])
    for rule in catalog.specs("optimizers")
    for seed in range(3)
]


@pytest.mark.parametrize(("optimizer", "seed"), CASES)
def test_the_plain_loop_gives_the_same_losses(optimizer: str, seed: int) -> None:
    rate = RATES.get(optimizer, 0.0003)
    config = RunConfig(optimizer=optimizer, seed=seed, learning_rate=rate, batch_size=32, epochs=1)
    expected = plain_losses(config, survey_forward)
    assert train_slice(config, None, STEPS).metrics == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("model", list(catalog.specs("models")))
def test_every_model_learns_the_same_in_the_plain_loop(model: str) -> None:
    config = RunConfig(model=model, learning_rate=0.003, batch_size=32, epochs=1)
    expected = plain_losses(config, nn.Module.__call__)
    assert train_slice(config, None, STEPS).metrics == pytest.approx(expected, rel=2e-3)

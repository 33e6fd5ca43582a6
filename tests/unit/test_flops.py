"""Training compute of the lab's runs: the counts in the models' SPECs, against torch's own shapes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from core import catalog
from core.config import RunConfig
from core.models import build_model
from core.survey.flops import FLOP_PER_MULTIPLY_ADD, PASSES, images_seen, multiply_adds, training_flop


def counted(model: nn.Module) -> int:
    """Multiply-adds of all convolutions and linear layers for one image, from the shapes that pass."""
    found: list[int] = []

    def count(layer: nn.Module, _inputs: object, output: Tensor) -> None:
        each = layer.weight[0].numel() if isinstance(layer.weight, Tensor) else 0
        found.append(output[0].numel() * each)

    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(count)
    model.eval()(torch.zeros(1, 3, 24, 24))
    return sum(found)


@pytest.mark.parametrize("depth", [2, 8, 20])
@pytest.mark.parametrize("name", list(catalog.specs("models")))
def test_a_model_states_its_multiply_adds(name: str, depth: int) -> None:
    config = RunConfig(model=name, depth=depth)
    assert multiply_adds(config) == counted(build_model(config))


FEW = dict.fromkeys(("seed_cnn", "small_vgg", "small_resnet", "plain", "residual"), 0.035)


@pytest.mark.parametrize(("name", "told"), [("mlp", 0.46), ("lenet5", 0.22), *FEW.items()])
def test_the_rule_counts_as_much_too_much_as_the_home_page_says(name: str, told: float) -> None:
    """Compared with what torch computes, which is without the gradient of the images."""
    config = RunConfig(model=name)
    with FlopCounterMode(display=False) as real:
        build_model(config)(torch.zeros(8, 3, 24, 24)).sum().backward()
    too_much = 8 * multiply_adds(config) * FLOP_PER_MULTIPLY_ADD * PASSES / real.get_total_flops() - 1
    assert too_much == pytest.approx(told, abs=0.02)


def test_the_surveys_own_run() -> None:
    """By hand: 14,370 images x 3,439,272 x 6."""
    by_hand = 24 * 24 * 32 * 27 + 12 * 12 * 64 * 9 * 32 + 2304 * 120 + 120 * 84 + 84 * 10
    assert multiply_adds(RunConfig()) == by_hand == 3_439_272
    assert images_seen(RunConfig()) == 14_370
    assert training_flop(RunConfig()) == pytest.approx(2.965e11, rel=1e-3)


def test_less_data_costs_less_unless_the_steps_stay() -> None:
    tenth = RunConfig(train_share=0.1)
    assert images_seen(tenth) == 1_440
    assert images_seen(tenth.replaced(same_steps=True)) == images_seen(RunConfig())

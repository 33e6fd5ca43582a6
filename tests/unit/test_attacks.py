"""Disturbed pictures, and the smallest adversarial step, against direct computations."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from core.charts.attack import step_figure
from core.config import RunConfig
from core.content.words import Words
from core.datasets import open_prepared
from core.interpret.adversarial import MOST_LEVELS, Adversarial, stepped
from core.interpret.changes import LIMITS, Disturbance, disturbed
from core.interpret.network import load_network
from core.interpret.questions import class_probabilities
from core.interpret.questions.adversarial import answer, uphill
from core.training import train_slice

MODELS = ("seed_cnn", "mlp", "small_resnet")


@cache
def trained_checkpoint(model: str) -> bytes:
    return train_slice(config_of(model), None, 10**9).checkpoint


def network_of(model: str) -> nn.Module:
    return load_network(config_of(model), trained_checkpoint(model))


def config_of(model: str) -> RunConfig:
    return RunConfig(model=model, optimizer="adam", learning_rate=0.003, epochs=1)


def picture(number: int) -> NDArray[np.uint8]:
    data = open_prepared("digits")
    return np.array(data.images[data.num_train + number])


def attacked(model: str, number: int) -> Adversarial:
    return answer(network_of(model), config_of(model), picture(number).tobytes(), 1)


def predicted(model: str, pixels: NDArray[np.uint8]) -> int:
    shares = class_probabilities.answer(network_of(model), config_of(model), pixels.tobytes())
    return int(np.argmax(shares))


@pytest.mark.parametrize("model", MODELS)
def test_the_direction_is_the_sign_of_the_gradient_of_the_cross_entropy(model: str) -> None:
    """In double precision, by the loss itself, for three equal channels."""
    network = network_of(model)
    double = network_of(model).double()
    for number in range(4):
        grey = torch.from_numpy(picture(number)[..., 0] / 127.5 - 1).requires_grad_()
        logits = double(grey.expand(1, 3, 24, 24))
        F.cross_entropy(logits, logits.argmax(1)).backward()
        assert grey.grad is not None
        sure = grey.grad.abs() > 1e-4 * grey.grad.abs().max()  # smaller ones are lost in single precision
        assert sure.float().mean() > 0.5
        assert torch.equal(torch.from_numpy(uphill(network, picture(number))[..., 0])[sure], grey.grad.sign()[sure])


@pytest.mark.parametrize("model", MODELS)
def test_the_smallest_step_changes_the_answer_and_no_smaller_one_does(model: str) -> None:
    found = 0
    for number in range(6):
        attack, first = attacked(model, number), predicted(model, picture(number))
        answers = [
            predicted(model, stepped(picture(number), attack.direction, levels))
            for levels in range((attack.levels or MOST_LEVELS) + 1)
        ]
        assert answers[:-1] == [first] * (len(answers) - 1)
        assert (answers[-1] != first) == (attack.levels is not None)
        assert answers == attack.shares.argmax(1)[: len(answers)].tolist()
        found += attack.levels is not None
    assert found >= 3


def test_where_the_loss_rounds_to_nothing_there_is_a_direction_still() -> None:
    class Sure(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            ink = images.mean((1, 2, 3))[:, None] + 1
            return torch.cat([1000 * ink + 500, -ink, *[0 * ink] * 8], 1)

    direction = uphill(Sure(), picture(0))
    assert (direction == -1).all()
    attack = answer(Sure(), config_of("mlp"), picture(0).tobytes(), 1)
    assert attack.levels is None
    assert attack.shares.shape == (MOST_LEVELS + 1, 10)


def test_an_attack_changes_each_colour_in_its_own_direction() -> None:
    class RedLessGreen(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            red, green, _ = images.mean((2, 3)).unbind(1)
            return torch.stack([red - green, green - red], 1)

    pixels = np.full((24, 24, 3), 128, np.uint8)
    pixels[..., 0] += 10
    attack = answer(RedLessGreen(), config_of("mlp"), pixels.tobytes(), 3)
    assert (attack.direction == (-1, 1, 0)).all()
    assert attack.levels == 6  # at 5, red and green are equal


@pytest.mark.parametrize("levels", [2, None])
def test_the_chart_of_a_step_draws_the_answer_and_what_takes_its_place(levels: int | None) -> None:
    shares = np.array([[0.7, 0.2, 0.1], [0.5, 0.1, 0.4], [0.3, 0.1, 0.6], [0.2, 0.7, 0.1]], np.float32)
    texts = Words("en").by_prefix("understand.attacks.chart")
    drawn = step_figure(
        Adversarial(np.zeros((24, 24, 1), np.int8), shares, levels), ["cat", "dog", "owl"], texts, "light"
    )
    first, other = drawn["data"]
    name = "dog" if levels is None else "owl"  # the likeliest other answer, where it changes or at the end
    assert "cat" in first["name"]
    assert name in other["name"]
    assert first["y"] == pytest.approx([0.7, 0.5, 0.3, 0.2])
    assert other["y"] == pytest.approx(shares[:, ["cat", "dog", "owl"].index(name)])
    assert [line["x0"] for line in drawn["layout"].get("shapes", [])] == ([] if levels is None else [levels])


def test_nothing_is_disturbed_by_nothing() -> None:
    for number in range(3):
        assert np.array_equal(disturbed(picture(number), Disturbance()), picture(number))
    assert all(low <= 0 <= high for low, high, _ in LIMITS.values())


def test_each_disturbance_does_what_it_says() -> None:
    dot = np.full((24, 24, 1), 40, np.uint8)
    dot[10:12, 4:6] = 240
    right = disturbed(dot, Disturbance(shift=5))
    assert np.array_equal(right[:, 5:], dot[:, :-5])
    assert (right[:, :5] == 40).all()
    turned = disturbed(dot, Disturbance(turn=90))
    assert np.array_equal(turned, np.rot90(dot))
    blurred = disturbed(dot, Disturbance(blur=1.5)).astype(float)
    assert blurred.max() < 240
    assert blurred.sum() == pytest.approx(dot.sum(), rel=0.01)
    noisy = disturbed(np.full((24, 24, 3), 128, np.uint8), Disturbance(noise=20)).astype(float)
    assert noisy.std() == pytest.approx(20, rel=0.1)
    again = disturbed(np.full((24, 24, 3), 128, np.uint8), Disturbance(noise=20))
    assert np.array_equal(noisy, again)

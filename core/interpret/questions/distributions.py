"""The distributions of weights, gradients and activations in every layer, and the dead units."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config import RunConfig
from core.datasets import open_prepared
from core.interpret.anatomy import DEAD_IMAGES, Histogram, LayerNumbers
from core.interpret.trace import Step, by_layer, traced, weighted_step
from core.training.batches import Batches

CHUNK = 128  # images for the gradient and the histograms; little memory
BINS = 50
MIDDLE = (0.005, 0.995)  # the quantiles that bound a histogram

Group = tuple[str, list[int]]  # a layer with weights: its path and its steps


def answer(network: nn.Module, config: RunConfig) -> tuple[LayerNumbers, ...]:
    """Gradients are of the loss over the first training images, activations are for the first validation images; batch
    statistics stay as training left them."""
    batches = Batches(config, open_prepared(config.dataset))
    gradients = _gradients(network, *batches.members(CHUNK))
    with torch.inference_mode():
        images, _ = batches.validation(0, CHUNK)
        steps = traced(network, images)
        groups = _weighted(network, steps)
        results = [(histogram(steps[group[-1]].output), steps[group[-1]].output.shape[1]) for _, group in groups]
        loudest = [_loudest(steps, group) for _, group in groups]
        del steps  # of a deep network they take 70 MB
        for start in range(CHUNK, min(DEAD_IMAGES, batches.num_validation), CHUNK):
            images, _ = batches.validation(start, min(start + CHUNK, DEAD_IMAGES))
            loudest = _louder(loudest, traced(network, images), groups)
    weights = dict(network.named_parameters())
    return tuple(
        LayerNumbers(
            path=path,
            weights=histogram(weights[f"{path}.weight"].detach()),
            gradients=histogram(gradients[f"{path}.weight"]),
            results=outputs,
            units=units,
            dead=None if loud is None else int((loud <= 0).sum()),
        )
        for (path, _), (outputs, units), loud in zip(groups, results, loudest, strict=True)
    )


def histogram(numbers: Tensor) -> Histogram:
    """A histogram; NaN and infinities are left out too."""
    every = numbers.float().numpy().ravel()
    shown = every[(every != 0) & np.isfinite(every)]
    low, high = np.quantile(shown, MIDDLE).tolist() if shown.size else (0.0, 0.0)
    counts, _ = np.histogram(shown, BINS, (low, high))
    return Histogram(low, high, counts.astype(np.int32), float((every == 0).mean()))


def _gradients(network: nn.Module, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
    named = dict(network.requires_grad_(True).named_parameters())
    loss = F.cross_entropy(network(images), labels)
    gradients = torch.autograd.grad(loss, list(named.values()))
    network.requires_grad_(False)
    return dict(zip(named, gradients, strict=True))


def _weighted(network: nn.Module, steps: list[Step]) -> list[Group]:
    paths = {id(weights): path.rpartition(".")[0] for path, weights in network.named_parameters()}
    weighted = [(group, weighted_step(steps, group)) for group in by_layer(steps)]
    return [(paths[id(steps[at].arguments["weight"])], group) for group, at in weighted if at is not None]


def _loudest(steps: list[Step], group: list[int]) -> Tensor | None:
    """The largest ReLU output of each unit."""
    relu = next((steps[each].output for each in group if steps[each].operation.kind == "relu"), None)
    return None if relu is None else relu.amax([axis for axis in range(relu.dim()) if axis != 1])


def _louder(before: list[Tensor | None], steps: list[Step], groups: list[Group]) -> list[Tensor | None]:
    """The larger of the outputs so far and those in more steps."""
    now = [_loudest(steps, group) for _, group in groups]
    return [None if a is None or b is None else torch.maximum(a, b) for a, b in zip(before, now, strict=True)]

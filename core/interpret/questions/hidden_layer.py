"""The last hidden layer's features of the validation images, from which the output layer separates the classes."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.config import RunConfig
from core.datasets import open_prepared
from core.interpret.trace import Step, traced
from core.training.batches import Batches

MAX_IMAGES = 500
CHUNK = 128
MAX_AXES = 30  # input to t-SNE; a plain map uses the first two

Points = NDArray[np.float32]


@torch.inference_mode()
def answer(network: nn.Module, config: RunConfig) -> tuple[Points, Points]:
    """The first validation images along the principal axes of the input to the last linear layer, (images, axes), in
    order of variance; and each axis's share of the variance. The sign of an axis is set by its largest weight, so that
    the same network always gives the same points."""
    batches = Batches(config, open_prepared(config.dataset))
    count = min(MAX_IMAGES, batches.num_validation)
    features = [
        _last_inputs(traced(network, batches.validation(start, min(start + CHUNK, count))[0]))
        for start in range(0, count, CHUNK)
    ]
    return principal_points(torch.cat(features))


def principal_points(features: Tensor) -> tuple[Points, Points]:
    """The principal components of (images, units); see `answer`. NaN counts as 0."""
    finite = features.double().nan_to_num(0, 0, 0)
    centred = finite - finite.mean(0)
    left, sizes, axes = torch.linalg.svd(centred, full_matrices=False)
    largest = axes.gather(1, axes.abs().argmax(1, keepdim=True))[:, 0]
    points = left * sizes * torch.where(largest < 0, -1.0, 1.0)
    shares = sizes.square() / sizes.square().sum().clamp(min=torch.finfo(sizes.dtype).tiny)
    return points[:, :MAX_AXES].float().numpy(), shares[:MAX_AXES].float().numpy()


def _last_inputs(steps: list[Step]) -> Tensor:
    inputs: Tensor = next(step for step in reversed(steps) if step.operation.kind == "linear").arguments["input"]
    return inputs

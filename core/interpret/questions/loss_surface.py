"""The loss around a trained network, along two random directions (Li et al. 2018, https://arxiv.org/abs/1712.09913).

Each filter of a direction has the length of the network's own filter, so that surfaces of different networks can be
compared. Biases and the scales and shifts of normalisations stay fixed, as in the paper; so do the batch statistics.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config import RunConfig
from core.datasets import open_prepared
from core.interpret.anatomy import SURFACE_IMAGES, surface_steps
from core.training.batches import Batches

SEED = 1_712

Directions = tuple[list[Tensor], list[Tensor]]


@torch.inference_mode()
def answer(network: nn.Module, config: RunConfig, row: int) -> tuple[float, ...]:
    """The mean cross-entropy of the first validation images on one line of the surface: at the step
    `surface_steps()[row]` along the second direction, and all steps along the first."""
    images, labels = Batches(config, open_prepared(config.dataset)).validation(0, SURFACE_IMAGES)
    along, across = directions(network)
    weights = list(network.parameters())
    own = [each.clone() for each in weights]
    losses = []
    for step in surface_steps():
        for each, start, first, second in zip(weights, own, along, across, strict=True):
            each.copy_(start + step * first + surface_steps()[row] * second)
        losses.append(float(F.cross_entropy(network(images).float(), labels)))
    return tuple(losses)


def directions(network: nn.Module) -> Directions:
    """Two random directions in parameter space, always the same for the same network."""
    random = torch.Generator().manual_seed(SEED)
    along, across = ([_direction(each, random) for each in network.parameters()] for _ in range(2))
    return along, across


def _direction(weights: Tensor, random: torch.Generator) -> Tensor:
    if weights.dim() < 2:  # a bias, or the scale or shift of a normalisation
        return torch.zeros_like(weights)
    drawn = torch.randn(weights.shape, generator=random)
    own, others = (_filter_lengths(each) for each in (weights, drawn))
    return drawn * (own / others)


def _filter_lengths(weights: Tensor) -> Tensor:
    lengths: Tensor = torch.linalg.vector_norm(weights, dim=list(range(1, weights.dim())), keepdim=True)
    return lengths

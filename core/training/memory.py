"""The memory that a training step needs, estimated before the first one."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config import RunConfig
from core.models import build_model


def step_bytes(config: RunConfig) -> int:
    """The activations that a step keeps for its backward pass, with their gradients and working memory: as measured, a
    step needs up to 2.5 times as much as the activations alone. The weights, fewer than 1 million, and the optimizer's
    state are left out."""
    with torch.random.fork_rng(devices=[]):
        model = build_model(config)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=config.precision == "bfloat16"):
        two, four = _kept_bytes(model, 2), _kept_bytes(model, 4)  # what does not grow with the batch drops out
    return int(2.5 * (four - two) / 2 * config.batch_size)


def _kept_bytes(model: nn.Module, num_images: int) -> int:
    """What a forward pass keeps."""
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: Tensor) -> None:  # returning the tensor would make a reference cycle with the graph, never freed
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage

    images, labels = torch.zeros(num_images, 3, 24, 24), torch.zeros(num_images, dtype=torch.long)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda nothing: nothing):
        F.cross_entropy(model(images).float(), labels)
    return sum(storage.nbytes() for storage in kept.values())

"""The smallest step along the gradient's sign that changes the answer (Goodfellow et al. 2015, arXiv:1412.6572)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from core.config import RunConfig
from core.interpret.adversarial import MOST_LEVELS, Adversarial, stepped
from core.training.batches import as_floats


def answer(network: nn.Module, config: RunConfig, pixels: bytes, channels: int) -> Adversarial:  # noqa: ARG001
    """A step away from the network's answer to the picture, whether right or wrong. `pixels` are uint8,
    (24, 24, channels). Every whole number of grey levels is tried, as a longer step may fail where a shorter one
    succeeds."""
    picture = np.frombuffer(pixels, np.uint8).reshape(24, 24, channels)
    direction = uphill(network, picture)
    steps = np.stack([stepped(picture, direction, levels) for levels in range(MOST_LEVELS + 1)])
    with torch.no_grad():
        shares = network(as_floats(steps)).float().softmax(1).numpy()
    answers = shares.argmax(1)
    (changed,) = np.nonzero(answers != answers[0])
    return Adversarial(direction, shares, int(changed[0]) if len(changed) else None)


def uphill(network: nn.Module, picture: np.ndarray) -> np.ndarray:
    """The sign of the gradient of the cross-entropy of the current answer, with respect to the picture's values.

    It is taken of the margin m = log(sum of exp(other logits)) - logit. The cross-entropy log(1 + exp(m)) rises with m,
    so the sign is the same, but does not vanish where the network is so confident that the loss rounds to 0.
    """
    values = torch.from_numpy(picture.astype(np.float32) / 127.5 - 1).requires_grad_()
    logits = network(values.permute(2, 0, 1)[None].expand(-1, 3, -1, -1)).float()[0]
    margin = _margin(logits, int(logits.argmax()))
    (gradient,) = torch.autograd.grad(margin, values)
    return gradient.sign().to(torch.int8).numpy()


def _margin(logits: Tensor, label: int) -> Tensor:
    others = torch.arange(len(logits)) != label
    return logits[others].logsumexp(0) - logits[label]

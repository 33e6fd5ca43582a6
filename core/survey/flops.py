"""Training compute of the lab's own runs, in FLOP: single multiplications or additions.

FLOP = images seen x multiply-adds per image x 2 x 3. A multiply-add is two FLOP, and the backward pass costs about
twice the forward pass (Kaplan et al. 2020, section 2.1). This includes the gradient of the image, which is not needed,
so it is too high for networks with much of their work in the first layer. 6 x parameters x images would be wrong, as a
convolution uses each weight at every place of the image.
"""

from __future__ import annotations

from core import catalog
from core.config import RunConfig

FLOP_PER_MULTIPLY_ADD = 2
PASSES = 3  # forward, and backward at twice the cost


def multiply_adds(config: RunConfig) -> int:
    """Multiply-adds of the model for one image, forward only."""
    spec = catalog.specs("models")[config.model]
    layers_more = config.depth - int(RunConfig.model_fields["depth"].default) if config.uses("depth") else 0
    return int(spec["multiply_adds"] + layers_more * spec["multiply_adds_per_layer"])


def images_seen(config: RunConfig) -> int:
    """Training images processed in all epochs of a run, counting repeats."""
    return config.epochs * config.images_per_epoch(int(catalog.spec_of("datasets", config.dataset)["num_train"]))


def training_flop(config: RunConfig) -> float:
    """FLOP of a whole run."""
    return float(images_seen(config) * multiply_adds(config) * FLOP_PER_MULTIPLY_ADD * PASSES)

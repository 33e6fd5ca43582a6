"""The pixels that a network's answer depends on, by one of four methods, all from Captum."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.config import RunConfig
from core.interpret.captum_import import captum_method
from core.interpret.explanations import Explanation, Method
from core.interpret.network import untrained_network
from core.interpret.pictures import Picture, picture_tensor

STEPS = (50, 200, 800)  # of integrated gradients: more if fewer are not exact enough
COMPLETE = 0.01  # how far their sum may differ from the logit's rise, as a share of it
AT_ONCE = 50  # batch size: little memory
WINDOW_PX = 5  # what occlusion covers: about the width of a stroke


def answer(
    network: nn.Module, config: RunConfig, picture: Picture, method: Method, target: int | None, untrained: bool
) -> Explanation | None:
    """Explains the logit of class `target` or, if None, of the predicted class. `untrained` uses the same network with
    random weights, whose map the trained one's must not resemble (Adebayo et al., 2018, arXiv:1810.03292). None for
    Grad-CAM of a network without convolutions."""
    if untrained:
        network = untrained_network(config, config.seed + 1)
    images, _ = picture_tensor(config, picture)
    with torch.no_grad():
        logits = network(images)[0].float()
    target = int(logits.argmax()) if target is None else target
    asked = _Asked(network, images.requires_grad_(), target, is_rough=untrained)
    found = METHODS[method](asked)
    if found is None:
        return None
    strength, details = found
    return Explanation(method, asked.target, strength.detach().float().numpy(), tuple(logits.tolist()), **details)


@dataclass(frozen=True)
class _Asked:
    network: nn.Module
    images: Tensor  # (1, 3, 24, 24)
    target: int
    is_rough: bool  # integrated gradients need not add up exactly

    @property
    def is_grey(self) -> bool:
        return bool((self.images[:, :1] == self.images).all())

    def blank(self) -> Tensor:
        """A uniform picture in the shade of the edge, the median of each channel: (1, 3, 1, 1)."""
        x = self.images.detach()
        edge = torch.cat([x[..., 0, :], x[..., -1, :], x[..., 0], x[..., -1]], dim=-1)
        return edge.median(dim=-1).values[..., None, None]

    def rise(self) -> float:
        with torch.no_grad():
            pair = torch.cat([self.images, self.blank().expand_as(self.images)])
            with_picture, without = self.network(pair)[:, self.target].tolist()
        return float(with_picture - without)


Found = tuple[Tensor, dict[str, Any]]


def _saliency(asked: _Asked) -> Found:
    """The absolute gradient (Simonyan et al., 2013, arXiv:1312.6034): of the grey value or, in a colour picture, the
    maximum over the channels."""
    method = captum_method("saliency", "Saliency")(asked.network)
    gradient = method.attribute(asked.images, target=asked.target, abs=False)[0]
    return (gradient.sum(0).abs() if asked.is_grey else gradient.abs().amax(0)), {}


def _integrated_gradients(asked: _Asked) -> Found:
    """The mean gradient on the path from a blank picture to this one, times their difference (Sundararajan et al.,
    2017, arXiv:1703.01365); with more steps if the sum is not yet the logit's rise."""
    method = captum_method("integrated_gradients", "IntegratedGradients")(asked.network)
    blank, rise = asked.blank().expand_as(asked.images), asked.rise()
    for num_steps in STEPS:
        strength = method.attribute(
            asked.images, blank, target=asked.target, n_steps=num_steps, method="riemann_middle",
            internal_batch_size=AT_ONCE,
        )[0].sum(0).detach()  # fmt: skip
        if asked.is_rough or abs(float(strength.sum()) - rise) <= COMPLETE * abs(rise):
            break
    return strength, {"rise": rise, "num_steps": num_steps}


def _grad_cam(asked: _Asked) -> Found | None:
    """The sum of the last convolution's maps, each weighted by its mean gradient, where it is positive (Selvaraju et
    al., 2017, arXiv:1610.02391), resized to the picture. If a ReLU follows, the maps are those after it, as in the
    authors' code: a unit that it silences has no part in the score."""
    last = last_convolution(asked.network)
    if last is None:
        return None
    name, layer = last
    method = captum_method("layer.grad_cam", "LayerGradCam")(asked.network, layer)
    with _rectified(asked, layer) as is_rectified:
        coarse = method.attribute(asked.images, target=asked.target, relu_attributions=True)
    fine = F.interpolate(coarse, asked.images.shape[-2:], mode="bilinear", align_corners=False)
    return fine[0, 0], {"layer": name, "is_rectified": is_rectified, "cells": tuple(coarse.shape[-2:])}


@contextmanager
def _rectified(asked: _Asked, layer: nn.Module) -> Iterator[bool]:
    """Adds a ReLU after the layer unless that changes the logits: it does not if a ReLU already follows, directly or
    after max pooling."""
    with torch.no_grad():
        logits = asked.network(asked.images)
        hook = layer.register_forward_hook(lambda _layer, _inputs, output: F.relu(output))
        is_rectified = torch.equal(asked.network(asked.images), logits)
    if not is_rectified:
        hook.remove()
    try:
        yield is_rectified
    finally:
        hook.remove()


def _occlusion(asked: _Asked) -> Found:
    """How much the logit falls when a square is covered with the shade of the edge (Zeiler and Fergus, 2014,
    arXiv:1311.2901): for each pixel, the mean over all squares that cover it."""
    method = captum_method("occlusion", "Occlusion")(asked.network)
    with torch.no_grad():
        fall = method.attribute(
            asked.images.detach(), (3, WINDOW_PX, WINDOW_PX), (3, 1, 1), asked.blank().expand_as(asked.images),
            target=asked.target, perturbations_per_eval=AT_ONCE,
        )  # fmt: skip
    return fall[0, 0], {}


METHODS = {
    "saliency": _saliency,
    "integrated_gradients": _integrated_gradients,
    "grad_cam": _grad_cam,
    "occlusion": _occlusion,
}


def last_convolution(network: nn.Module) -> tuple[str, nn.Module] | None:
    """Name and module of the last convolution larger than 1x1, as those only mix channels."""
    found = [(name, each) for name, each in network.named_modules() if isinstance(each, nn.Conv2d)]
    wide = [(name, each) for name, each in found if max(each.kernel_size) > 1]
    return next(reversed(wide or found), None)

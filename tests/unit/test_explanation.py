"""Explanation maps: Captum's numbers against direct computation, and the check with random weights."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.stats import spearmanr
from torch import Tensor, nn

from core.charts.explanations import explanation_figure
from core.config import RunConfig
from core.content.words import Words
from core.interpret.explanations import METHODS, Explanation, Method, rank_correlation
from core.interpret.network import load_network, untrained_network
from core.interpret.pictures import picture_tensor
from core.interpret.questions.explanation import WINDOW_PX, answer, last_convolution
from core.models import build_model
from core.settings import PROJECT
from core.training import train_slice

MODELS = ("seed_cnn", "mlp", "lenet5", "small_vgg", "residual")
TEXTS = Words("en").by_prefix("understand.why.map")


def config_of(model: str) -> RunConfig:
    return RunConfig(model=model, learning_rate=0.02, epochs=2, train_share=0.5, depth=3)


@cache
@torch.enable_grad()
def trained_checkpoint(model: str) -> bytes:
    return train_slice(config_of(model), None, 10**9).checkpoint


def network_of(model: str) -> nn.Module:
    return load_network(config_of(model), trained_checkpoint(model))


def explained(model: str, method: Method, picture: int, target: int | None = None) -> Explanation:
    found = answer(network_of(model), config_of(model), picture, method, target, False)
    assert found is not None
    return found


def blank_like(images: Tensor) -> Tensor:
    """The median of the 92 pixels along the edge, corners twice."""
    pixels = images[0, 0].numpy()
    edge = np.sort(np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]))
    return torch.full_like(images, float(edge[len(edge) // 2 - 1]))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("picture", [0, 3])
def test_integrated_gradients_add_up_to_the_rise_of_the_logit(model: str, picture: int) -> None:
    found = explained(model, "integrated_gradients", picture)
    network = network_of(model)
    images, _ = picture_tensor(config_of(model), picture)
    rise = float(network(images)[0, found.target] - network(blank_like(images))[0, found.target])
    assert found.target == int(network(images).argmax())
    assert found.rise == pytest.approx(rise, rel=1e-4)
    assert float(found.strength.sum()) == pytest.approx(rise, rel=0.01)
    assert found.missing <= 0.01


@pytest.mark.parametrize(
    ("model", "rectify"),
    [("seed_cnn", F.relu), ("small_vgg", F.relu), ("residual", F.relu), ("lenet5", Tensor.clone),
     ("small_resnet", Tensor.clone)],
)  # fmt: skip
def test_grad_cam_is_what_hooks_give_after_the_relu_if_one_follows(
    model: str, rectify: Callable[[Tensor], Tensor]
) -> None:
    found = explained(model, "grad_cam", 2, target=4)
    network, kept = network_of(model), dict[str, Tensor]()
    layer = network.get_submodule(found.layer)
    layer.register_forward_hook(lambda _module, _inputs, output: kept.setdefault("maps", rectify(output)))
    images, _ = picture_tensor(config_of(model), 2)
    logits = network(images.requires_grad_())
    assert torch.equal(logits, network_of(model)(images))
    assert found.is_rectified is (rectify is F.relu)
    weights = torch.autograd.grad(logits[0, 4], kept["maps"])[0].mean((2, 3), keepdim=True)
    coarse = (weights * kept["maps"]).sum(1, keepdim=True).clamp(min=0)
    expected = F.interpolate(coarse, (24, 24), mode="bilinear", align_corners=False)
    assert found.cells == tuple(coarse.shape[2:])
    assert np.allclose(found.strength, expected[0, 0].detach().numpy(), atol=1e-6)


@torch.no_grad()
def test_occlusion_is_the_mean_fall_of_the_squares_that_hold_a_pixel() -> None:
    found, network = explained("mlp", "occlusion", 1), network_of("mlp")
    images, _ = picture_tensor(config_of("mlp"), 1)
    shade, whole = float(blank_like(images)[0, 0, 0, 0]), float(network(images)[0, found.target])
    falls, squares = np.zeros((24, 24)), np.zeros((24, 24))
    for row in range(24 - WINDOW_PX + 1):
        for column in range(24 - WINDOW_PX + 1):
            here = np.s_[row : row + WINDOW_PX, column : column + WINDOW_PX]
            covered = images.clone()
            covered[0, :, here[0], here[1]] = shade
            falls[here] += whole - float(network(covered)[0, found.target])
            squares[here] += 1
    assert np.allclose(found.strength, falls / squares, atol=1e-3)
    assert found.is_signed
    assert found.strength.min() < 0 < found.strength.max()


@torch.no_grad()
def test_saliency_is_the_slope_along_a_grey_pixel() -> None:
    found, network = explained("lenet5", "saliency", 0), network_of("lenet5").double()  # smooth: it has no ReLU
    images = picture_tensor(config_of("lenet5"), 0)[0].double()
    for row, column in ((5, 9), (12, 12), (20, 10), (7, 9), (13, 3), (5, 3)):  # in the last ones channels oppose
        nudge = torch.zeros_like(images)
        nudge[0, :, row, column] = 1e-4
        up, down = (float(network(images + side * nudge)[0, found.target]) for side in (1, -1))
        assert found.strength[row, column] == pytest.approx(abs(up - down) / 2e-4, rel=1e-3, abs=2e-6)


def test_of_a_colour_picture_the_strongest_channel_counts_and_blank_is_its_usual_edge(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class ByColour(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            red, green, blue = images.mean((2, 3)).unbind(1)
            return torch.stack([red - 3 * green + 2 * blue, blue], 1)

    images = torch.ones(1, 3, 24, 24)
    images[..., 0] = -1  # the left edge alone
    images[:, 0] *= 0.5  # not grey
    monkeypatch.setattr("core.interpret.questions.explanation.picture_tensor", lambda *_: (images, None))
    saliency = answer(ByColour(), config_of("mlp"), 0, "saliency", 0, False)
    assert saliency is not None
    assert saliency.strength == pytest.approx(np.full((24, 24), 3 / 576), rel=1e-4)
    gradients = answer(ByColour(), config_of("mlp"), 0, "integrated_gradients", 1, False)
    assert gradients is not None
    assert gradients.rise == pytest.approx(22 / 24 - 1, abs=1e-5)


def test_a_network_without_convolutions_has_no_grad_cam() -> None:
    assert answer(network_of("mlp"), config_of("mlp"), 0, "grad_cam", None, False) is None
    assert last_convolution(network_of("mlp")) is None


def test_the_shortcut_of_a_block_is_not_its_last_convolution() -> None:
    last = last_convolution(build_model(RunConfig(model="small_resnet")))
    assert last is not None
    assert last[0] == "block3.conv2"


def test_fresh_weights_are_those_of_a_fresh_network_and_leave_the_random_state_alone() -> None:
    config, random_state = config_of("small_resnet"), torch.get_rng_state()
    fresh = untrained_network(config, 7)
    assert torch.equal(torch.get_rng_state(), random_state)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        expected = build_model(config).eval()
    images, _ = picture_tensor(config, 0)
    assert torch.allclose(fresh(images), expected(images), atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_every_map_of_a_trained_network_is_another_than_that_of_fresh_weights(method: Method) -> None:
    found = explained("seed_cnn", method, 0)
    random_state = torch.get_rng_state()
    fresh = answer(network_of("seed_cnn"), config_of("seed_cnn"), 0, method, found.target, True)
    assert fresh is not None
    assert torch.equal(torch.get_rng_state(), random_state)
    assert fresh.target == found.target
    likeness = rank_correlation(found.strength, fresh.strength)
    assert likeness is not None, "a map is the same everywhere"
    assert abs(likeness) < 0.8
    assert rank_correlation(found.strength, found.strength) == pytest.approx(1)


def test_rank_correlation_is_spearmans_with_equal_ranks_shared() -> None:
    random = np.random.default_rng(0)
    a = random.integers(-3, 4, (24, 24)).astype(np.float32)
    b = (a + random.normal(0, 2, a.shape)).round().astype(np.float32)
    assert rank_correlation(a, b) == pytest.approx(spearmanr(a.ravel(), b.ravel()).statistic)
    assert rank_correlation(a, np.zeros_like(a)) is None


def test_a_picture_of_the_readers_own_is_explained_too() -> None:
    pixels = np.zeros((24, 24, 1), np.uint8)
    pixels[4:20, 11:13] = 255
    found = answer(network_of("lenet5"), config_of("lenet5"), pixels.tobytes(), "integrated_gradients", None, False)
    assert found is not None
    assert not found.strength[0].any()  # the blank picture is as black as its edge
    assert found.num_steps == 50  # the network is smooth, so that more would add nothing


def test_captum_comes_without_what_draws() -> None:
    program = "import sys\nfrom core.interpret.captum_import import captum_method\n"
    program += "captum_method('layer.grad_cam', 'LayerGradCam'); captum_method('occlusion', 'Occlusion')\n"
    program += "print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_strongest_pixels_carry_their_sign() -> None:
    strength = np.zeros((24, 24), np.float32)
    strength[3, 4], strength[9, 1], strength[0, 0] = 2.0, -1.5, 0.1
    figure = explanation_figure(np.zeros((24, 24, 1), np.uint8), strength, TEXTS, "light", is_signed=True)
    _, drawn, plus, minus = figure["data"]
    assert (drawn["zmin"], drawn["zmax"]) == (-2.0, 2.0)
    assert [(trace["x"], trace["y"], trace["text"]) for trace in (plus, minus)] == [
        ([4], [3], ["+"]),
        ([1], [9], ["−"]),
    ]
    plain = explanation_figure(np.zeros((24, 24, 3), np.uint8), abs(strength), TEXTS, "dark", is_signed=False)
    assert [trace["type"] for trace in plain["data"]] == ["image", "heatmap"]

"""The map of the last hidden layer against NumPy and scikit-learn; the loss surface against the run's own loss."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.manifold import TSNE, trustworthiness
from torch import nn

from core.charts import house
from core.charts.hidden_map import map_figure, turned
from core.config import RunConfig, choices
from core.content.words import Words
from core.datasets import open_prepared
from core.interpret.anatomy import SURFACE_SIDE, surface_steps
from core.interpret.neighbours import FIRST_SPREAD, ITERATIONS, PERPLEXITY, arranged
from core.interpret.network import load_network
from core.interpret.questions import hidden_layer, loss_surface
from core.training import train_slice
from core.training.batches import Batches

MIDDLE = SURFACE_SIDE // 2
FEW_IMAGES = 64


@cache
def trained_checkpoint(config: RunConfig) -> bytes:
    return train_slice(config, None, 10).checkpoint


def network_of(model: str) -> tuple[nn.Module, RunConfig]:
    config = RunConfig(model=model, learning_rate=0.01)
    return load_network(config, trained_checkpoint(config)), config


@pytest.mark.parametrize("model", ["seed_cnn", "small_resnet", "plain"])
def test_the_map_is_numpys_principal_components_of_the_last_hidden_layer(model: str) -> None:
    network, config = network_of(model)
    points, shares = hidden_layer.answer(network, config)
    last = [module for module in network.modules() if isinstance(module, nn.Linear)][-1]
    inputs: list[torch.Tensor] = []
    last.register_forward_hook(lambda _module, given, _output: inputs.append(given[0]))
    batches = Batches(config, open_prepared(config.dataset))
    with torch.inference_mode():
        network(batches.validation(0, hidden_layer.MAX_IMAGES)[0])
    centred = inputs[0].numpy().astype(np.float64)
    centred -= centred.mean(0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    expected = (left * sizes)[:, : hidden_layer.MAX_AXES]
    assert len(points) == batches.num_validation
    assert shares == pytest.approx((sizes**2 / (sizes**2).sum())[: len(shares)], abs=1e-4)
    for axis in range(3):  # a component has no sign of its own
        ours, theirs = points[:, axis], expected[:, axis]
        assert min(np.abs(ours - theirs).max(), np.abs(ours + theirs).max()) < 1e-3 * sizes[0]
    again, _ = hidden_layer.answer(network, config)
    assert np.array_equal(points, again)


def test_a_layer_that_says_nothing_has_a_map_too() -> None:
    points, shares = hidden_layer.principal_points(torch.full((6, 4), float("nan")))
    assert not points.any()
    assert not shares.any()


def test_maps_are_turned_to_the_last_one_and_keep_their_distances() -> None:
    random = np.random.default_rng(0)
    last = random.normal(size=(40, 2))
    angle = 2.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * [1, -1]
    first, second = last @ turn * 0.5, last @ turn.T
    a, b, c = turned([first, second, last])
    assert np.allclose(c, last)
    assert np.allclose(b, last)
    assert np.allclose(a, 0.5 * last)


def test_neighbours_stay_together_and_the_same_points_give_the_same_map() -> None:
    points, _ = hidden_layer.answer(*network_of("mlp"))
    places = arranged(points)
    assert places.shape == (len(points), 2)
    assert trustworthiness(points, places, n_neighbors=10) > 0.95
    assert np.array_equal(places, arranged(points))


def test_the_map_keeps_neighbours_as_scikit_learns_does() -> None:
    points, _ = hidden_layer.answer(*network_of("mlp"))
    start = points[:, :2] / points[:, 0].std() * FIRST_SPREAD
    theirs = TSNE(perplexity=PERPLEXITY, init=start, max_iter=ITERATIONS, method="exact").fit_transform(points)
    ours = arranged(points)
    kept = [trustworthiness(points, places, n_neighbors=10) for places in (ours, theirs)]
    assert kept[0] == pytest.approx(kept[1], abs=0.01)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.25)


@pytest.mark.parametrize("points", [np.zeros((50, 3)), np.repeat(np.eye(4), 5, axis=0), np.ones((2, 2))])
def test_images_that_look_alike_to_the_network_have_a_map_too(points: np.ndarray) -> None:
    assert np.isfinite(arranged(points.astype(np.float32))).all()


@pytest.mark.parametrize("model", choices("model"))
def test_in_the_middle_of_the_surface_is_the_networks_own_loss(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loss_surface, "SURFACE_IMAGES", FEW_IMAGES)
    network, config = network_of(model)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    images, labels = Batches(config, open_prepared(config.dataset)).validation(0, FEW_IMAGES)
    with torch.inference_mode():
        own = float(F.cross_entropy(network(images), labels))
    row = loss_surface.answer(network, config, MIDDLE)
    assert surface_steps()[MIDDLE] == 0
    assert row[MIDDLE] == pytest.approx(own, rel=1e-6)
    changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert all(before[name].dim() > 1 for name in changed)  # biases, normalisations and their statistics stay


def test_a_direction_has_the_length_of_each_of_the_networks_filters() -> None:
    network, config = network_of("small_resnet")
    random_state = torch.get_rng_state()
    for each in loss_surface.directions(network):
        for weights, direction in zip(network.parameters(), each, strict=True):
            if weights.dim() == 1:
                assert not direction.any()
            else:
                lengths = [part.flatten(1).norm(dim=1) for part in (direction, weights)]
                assert torch.allclose(*lengths, rtol=1e-4)
    corner = loss_surface.answer(network, config, 0)
    assert torch.equal(torch.get_rng_state(), random_state)
    assert len(corner) == SURFACE_SIDE
    again, _ = network_of("small_resnet")
    assert loss_surface.answer(again, config, 0) == corner


def test_beside_the_middle_is_the_loss_that_far_along_both_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loss_surface, "SURFACE_IMAGES", FEW_IMAGES)
    network, config = network_of("seed_cnn")
    images, labels = Batches(config, open_prepared(config.dataset)).validation(0, FEW_IMAGES)
    row = loss_surface.answer(network_of("seed_cnn")[0], config, 2)
    across, along = surface_steps()[2], surface_steps()[5]
    for weights, first, second in zip(network.parameters(), *loss_surface.directions(network), strict=True):
        weights.data += along * first + across * second
    assert row[5] == pytest.approx(float(F.cross_entropy(network(images), labels)), rel=1e-5)
    assert row[5] != pytest.approx(row[MIDDLE], rel=1e-3)


@pytest.mark.parametrize(("name", "mark"), [("七", "七"), ("bag", "bag"), ("ankle boot", "1"), ("T恤/上衣", "1")])
def test_long_names_stand_in_the_maps_legend_alone(name: str, mark: str) -> None:
    points, classes = np.eye(2), np.arange(2)
    figure = map_figure(Words("zh"), "light", ["-", name], points, classes, classes, points)
    assert figure["layout"]["annotations"][1]["text"] == f"<b>{mark}</b>"
    assert name in figure["data"][1]["name"]


@pytest.mark.parametrize(("length", "rows"), [(12, 5), (20, 10), (40, 10), (45, 20)])
def test_the_maps_legend_has_room_for_names_of_any_length(length: int, rows: int) -> None:
    points, classes = np.eye(10)[:, :2], np.arange(10)
    names = [f"{number}".ljust(length, "x") for number in range(10)]
    layout = map_figure(Words("en"), "light", names, points, classes, classes, points)["layout"]
    assert layout["margin"]["b"] >= house.LEGEND_ROW_PX * rows
    assert (layout["legend"].get("orientation") == "v") == (rows > 5)

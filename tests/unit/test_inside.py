"""Inside a network: traced layers, and the arithmetic of single outputs, against direct computation."""

from __future__ import annotations

import weakref

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from core.catalog import specs
from core.charts.distributions import dead_figure
from core.charts.pixel import MAX_BARS, products_figure
from core.config import RunConfig, choices
from core.content.words import Words
from core.datasets import open_prepared
from core.interpret.anatomy import IMAGE, WEIGHT_LEVELS, Histogram, LayerNumbers, PixelStory
from core.interpret.network import load_network
from core.interpret.questions import activations, architecture, distributions, first_filters, pixel
from core.interpret.trace import Step, by_layer, traced, weighted_step
from core.training import train_slice
from core.training.batches import Batches

PICTURE = 7


def network_of(model: str, **more: object) -> tuple[nn.Module, RunConfig]:
    """Trained for a few steps, so that no weight has its initial value."""
    config = RunConfig(model=model, learning_rate=0.01, **more)
    return load_network(config, train_slice(config, None, 5).checkpoint), config


@pytest.mark.parametrize("model", choices("model"))
def test_the_drawn_layers_have_all_parameters_and_lead_from_the_image_to_the_classes(model: str) -> None:
    network, config = network_of(model)
    layers = architecture.answer(network, config)
    assert sum(layer.parameters for layer in layers) == specs("models")[model]["parameters"]
    assert {layer.path for layer in layers if layer.path} == {
        path for path, module in network.named_modules() if isinstance(module, nn.Conv2d | nn.Linear)
    }
    assert layers[0].inputs == (IMAGE,)
    assert layers[-1].shape == (10,)
    taken = {source for layer in layers for source in (*layer.inputs, *layer.added)}
    assert taken == {IMAGE, *range(len(layers) - 1)}  # every output is used


def test_a_residual_networks_shortcuts_are_among_the_layers_inputs() -> None:
    layers = architecture.answer(*network_of("small_resnet"))
    by_path = {layer.path: (number, layer) for number, layer in enumerate(layers)}
    assert by_path["block1.conv2"][1].added == by_path["block1.conv1"][1].inputs
    joint = layers[by_path["block2.shortcut.0"][0] + 1]
    assert joint.inputs == (by_path["block2.conv2"][0], by_path["block2.shortcut.0"][0])
    deep, _ = network_of("residual", depth=20)
    assert [layer.added for layer in architecture.answer(deep, RunConfig())[1:-1]] == [(n,) for n in range(19)]


@pytest.mark.parametrize("model", choices("model"))
def test_the_arithmetic_of_every_kind_of_output_gives_the_layers_number(model: str) -> None:
    network, config = network_of(model)
    outputs = activations.answer(network, config, PICTURE)
    images, _ = Batches(config, open_prepared(config.dataset)).validation(PICTURE, PICTURE + 1)
    with torch.inference_mode():
        steps = traced(network, images)
    random = np.random.default_rng(0)
    for layer, (group, output) in enumerate(zip(by_layer(steps), outputs, strict=True)):
        if weighted_step(steps, group) is None:
            continue
        maps = output.reshape(len(output), *(output.shape[1:] or (1, 1)))
        corners = [(0, 0, 0), tuple(size - 1 for size in maps.shape)]
        for place in [*corners, *(tuple(random.integers(maps.shape)) for _ in range(6))]:
            story = pixel.answer(network, config, PICTURE, layer, *(int(at) for at in place))
            assert story.values[-1].numbers.shape == (1, 1)
            last = float(steps[group[-1]].output[0].reshape(maps.shape)[place])
            assert float(story.values[-1].numbers[0, 0]) == last  # the very number
            assert float(maps[place]) == np.float16(last)
            check_story(story)


def check_story(story: PixelStory) -> None:
    """Each number follows from the ones before it."""
    largest = float(np.abs(story.products).sum()) + 1
    assert float(story.products.sum(dtype=np.float64)) + story.bias == pytest.approx(story.sum, abs=1e-5 * largest)
    for before, value in zip(story.values, story.values[1:], strict=False):
        numbers = torch.from_numpy(before.numbers)
        match value.operation.kind:
            case "relu":
                expected = numbers.clamp(min=0)
            case "tanh":
                expected = numbers.tanh()
            case "max_pool":
                expected = numbers.amax()
                assert before.numbers.max() == before.numbers[story.row, story.column] or len(story.values) > 3
            case "avg_pool":
                expected = numbers.mean()
            case "norm":
                assert value.norm is not None
                mean, variance, epsilon, scale, shift = value.norm
                expected = (numbers - mean) / (variance + epsilon) ** 0.5 * scale + shift
            case "add":
                assert value.added is not None
                expected = numbers + torch.from_numpy(value.added)
            case kind:
                raise AssertionError(kind)
        np.testing.assert_allclose(value.numbers, expected.reshape(value.numbers.shape), rtol=1e-4, atol=1e-5)


def test_a_place_outside_of_a_layer_is_refused() -> None:
    network, config = network_of("seed_cnn")
    for place in ((0, 32, 0, 0), (0, 0, 12, 0), (0, 0, 0, -1), (9, 0, 0, 0)):
        with pytest.raises(IndexError):
            pixel.answer(network, config, PICTURE, *place)


def test_grouped_strided_and_dilated_convolutions_are_calculated_too() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 6, 3, stride=2, padding=2, dilation=2, groups=3), nn.ReLU(), nn.MaxPool2d(3, 2, 1), nn.Flatten(),
        nn.Linear(216, 10),
    ).eval()  # fmt: skip
    for place in ((0, 0, 0), (3, 5, 5), (5, 2, 4)):
        check_story(pixel.answer(network, RunConfig(), PICTURE, 0, *place))


def test_an_operation_without_a_word_stands_alone_where_it_changes_the_size() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.SiLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 10))
    layers = architecture.answer(network.eval(), RunConfig())
    assert [[each.kind for each in layer.operations] for layer in layers] == [
        ["conv", "silu"], ["adaptive_avg_pool2d"], ["flatten", "linear"],
    ]  # fmt: skip
    assert [layer.path for layer in layers] == ["0", "", "4"]


@pytest.mark.parametrize(("model", "shape"), [("seed_cnn", (32, 1, 3, 3)), ("mlp", (120, 1, 24, 24))])
def test_of_grey_images_a_filter_is_the_sum_of_its_colours(model: str, shape: tuple[int, ...]) -> None:
    network, config = network_of(model)
    levels, largest = first_filters.answer(network, config)
    assert levels.shape == shape
    images, _ = Batches(config, open_prepared(config.dataset)).validation(0, 4)
    weights = torch.from_numpy(levels.astype(np.float32)) / WEIGHT_LEVELS * largest
    grey = images[:, :1]
    with torch.inference_mode():
        if model == "mlp":
            ours, theirs = grey.flatten(1) @ weights.flatten(1).T, F.linear(images.flatten(1), network.fc1.weight)
        else:
            ours, theirs = F.conv2d(grey, weights, padding=1), F.conv2d(images, network.conv1.weight, padding=1)
    assert float((ours - theirs).abs().max()) < 0.02 * float(theirs.abs().max())


@pytest.mark.parametrize("model", ["seed_cnn", "mlp", "small_vgg"])
def test_dead_units_are_those_that_no_validation_image_wakes(model: str) -> None:
    network, config = network_of(model)
    first = next(module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear))
    with torch.no_grad():
        first.bias[:3] = -1e3
    told = distributions.answer(network, config)
    batches = Batches(config, open_prepared(config.dataset))
    images, _ = batches.validation(0, batches.num_validation)
    seen: dict[nn.Module, torch.Tensor] = {}
    for module in network.modules():
        module.register_forward_hook(lambda module, _, output: seen.update({module: output}))
    with torch.inference_mode():
        network(images)
    for layer in told[:-1]:
        largest = seen[network.get_submodule(layer.path)].relu().transpose(0, 1).flatten(1).amax(1)
        assert layer.dead == int((largest == 0).sum())
        assert layer.units == len(largest)
    assert told[0].dead is not None
    assert told[0].dead >= 3
    assert told[-1].dead is None


def test_the_gradients_are_those_of_the_loss_and_the_network_is_left_as_it_was() -> None:
    network, config = network_of("small_resnet")
    told = {layer.path: layer for layer in distributions.answer(network, config)}
    assert not any(weights.requires_grad for weights in network.parameters())
    images, labels = Batches(config, open_prepared(config.dataset)).members(distributions.CHUNK)
    F.cross_entropy(network.requires_grad_(True)(images), labels).backward()
    for path in ("conv", "block2.shortcut.0", "fc"):
        expected = network.get_submodule(path).weight.grad.numpy().ravel()
        expected = expected[expected != 0]
        shown = told[path].gradients
        assert (shown.low, shown.high) == pytest.approx(np.quantile(expected, distributions.MIDDLE), rel=1e-3)
        assert shown.counts.sum() == pytest.approx(0.99 * expected.size, abs=3)


def test_numbers_that_are_none_are_left_out_of_a_histogram() -> None:
    spread = distributions.histogram(torch.tensor([0.0, float("nan"), float("inf"), 1.0, 2.0, 0.0]))
    assert spread.zeros == pytest.approx(1 / 3)
    assert distributions.histogram(torch.zeros(4)).counts.sum() == 0


def test_one_batch_of_activations_is_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a deep network one takes 70 MB, beside a training that may need all the rest of a small machine."""
    network, config = network_of("mlp")
    outputs: list[weakref.ref[torch.Tensor]] = []

    def watched(network: nn.Module, images: torch.Tensor) -> list[Step]:
        assert not any(output() is not None for output in outputs)
        steps = traced(network, images)
        outputs.extend(weakref.ref(step.output) for step in steps)
        return steps

    monkeypatch.setattr(distributions, "traced", watched)
    distributions.answer(network, config)
    assert len(outputs) > len(traced(network, torch.zeros(1, 3, 24, 24)))


def test_the_bars_of_a_sum_are_its_largest_products_and_the_rest() -> None:
    inputs, weights = np.random.default_rng(0).normal(size=(2, 30)).astype(np.float32)
    (bars,) = products_figure(Words("en"), "light", inputs, weights)["data"]
    products = inputs * weights
    largest = sorted(products.tolist(), key=abs, reverse=True)[:MAX_BARS]
    assert bars["x"] == pytest.approx([*largest, products.sum() - sum(largest)], abs=1e-5)
    assert bars["text"] == [f"{size:+.3f}" for size in bars["x"]]
    assert f"{int(np.abs(products).argmax()) + 1}" in bars["y"][0]
    assert "20" in bars["y"][-1]


def test_silent_units_are_drawn_for_the_layers_that_can_have_them() -> None:
    none = Histogram(0.0, 0.0, np.zeros(50, np.int32), 0.0)
    epochs = [
        [LayerNumbers("conv1", none, none, none, 8, dead[0]), LayerNumbers("fc1", none, none, none, 10, None),
         LayerNumbers("fc0", none, none, none, 20, dead[1])]
        for dead in ((0, 5), (2, 10))
    ]  # fmt: skip
    (heat,) = dead_figure(Words("en"), "light", [1, 2], epochs)["data"]
    assert (heat["x"], heat["y"]) == (["1", "2"], ["conv1 (8)", "fc0 (20)"])
    assert heat["text"] == [["0", "2"], ["5", "10"]]
    assert heat["z"] == [[0, 0.25], [0.25, 0.5]]

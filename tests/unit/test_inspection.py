"""Inspected models: the numbers agree with torchvision's own and with a hand calculation."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch
from torch import nn

from core.errors import InspectionFailed
from core.interpret.inspect_model import first_weights, inspect
from core.interpret.inspection import CLASSIFIERS, Inspection
from core.runs.answers import Answers
from core.runs.inspections import Inspections
from tests.parts import ThreadCluster, open_service

FLOAT_BYTES, INDEX_BYTES = 4, 8


def test_the_list_is_torchvisions() -> None:
    from core.datasets.torchvision_import import torchvision_part

    models = torchvision_part("models")
    assert list(CLASSIFIERS) == models.list_models(module=models)


def assert_documented(name: str) -> None:
    found, weights = inspect(name), first_weights(name)
    assert found.whole.parameters == weights.meta["num_params"]
    assert found.whole.multiply_adds / 1e9 == pytest.approx(weights.meta["_ops"], rel=0.02)
    assert found.whole.output_shape == (1, 1000)


@pytest.mark.parametrize("name", ["resnet18", "vgg16", "vit_b_32", "googlenet", "regnet_y_400mf"])
def test_counts_are_those_that_torchvision_documents(name: str) -> None:
    assert_documented(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_all_counts_are_those_that_torchvision_documents(name: str) -> None:
    assert_documented(name)


def test_memory_of_vgg16_equals_a_hand_calculation() -> None:
    """Kept are the image, each convolution's output (ReLU overwrites it), each pooling's output and the places of its
    maxima, and the two hidden layers of the classifier."""
    sides_and_channels = [(224, 64, 2), (112, 128, 2), (56, 256, 3), (28, 512, 3), (14, 512, 3)]
    convolved = sum(side**2 * channels * num for side, channels, num in sides_and_channels)
    pooled = sum((side // 2) ** 2 * channels for side, channels, _ in sides_and_channels)
    expected = FLOAT_BYTES * (3 * 224**2 + convolved + pooled + 2 * 4096) + INDEX_BYTES * pooled
    assert inspect("vgg16").whole.kept_bytes == pytest.approx(expected, rel=0.005)


def test_parts_add_up_to_their_whole() -> None:
    found = inspect("resnet50")
    parts = [layer for layer in found.layers if layer.level == 1]
    assert [layer.path for layer in parts][:5] == ["conv1", "bn1", "relu", "maxpool", "layer1"]
    assert sum(layer.parameters for layer in parts) == found.whole.parameters
    assert sum(layer.multiply_adds for layer in parts) == found.whole.multiply_adds
    kept = sum(layer.kept_bytes for layer in parts)
    assert kept == pytest.approx(found.whole.kept_bytes, rel=0.01)  # flattening belongs to no part
    assert {layer.path: layer.output_shape for layer in parts}["layer3"] == (1, 1024, 14, 14)


def test_what_trains_beside_does_not_show_in_the_counts() -> None:
    alone, done = inspect("resnet18"), threading.Event()
    other = nn.Sequential(*(nn.Linear(8, 8) for _ in range(50)))

    def work() -> None:
        while not done.is_set():
            other(torch.ones(1, 8, requires_grad=True)).sum().backward()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert all(inspect("resnet18") == alone for _ in range(5))
    finally:
        done.set()
        worker.join()


def test_no_weight_takes_memory() -> None:
    from core.interpret.inspect_model import build

    model = build("regnet_y_128gf")
    assert {each.device.type for each in (*model.parameters(), *model.buffers())} == {"meta"}


def test_a_model_is_inspected_once_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def slowly(name: str) -> Inspection:
        asked.append(name)
        threading.Event().wait(0.1)
        return Inspection(name, "", 0, 0.0, ())

    monkeypatch.setattr("core.runs.inspections.inspect_model", slowly)
    inspections = Inspections(ThreadCluster(), Answers())
    readers = [threading.Thread(target=inspections.get, args=("resnet18",)) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    inspections.get("resnet18")
    assert asked == ["resnet18"]


def test_what_fails_is_told_and_may_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(name: str) -> Inspection:
        raise ImportError(name)

    inspections = Inspections(ThreadCluster(), Answers())
    with pytest.raises(InspectionFailed):
        inspections.get("no_such_model")
    with monkeypatch.context() as patch:
        patch.setattr("core.runs.inspections.inspect_model", failing)
        with pytest.raises(InspectionFailed) as caught:
            inspections.get("alexnet")
        assert caught.value.facts() == {"model": "alexnet", "reason": "ImportError"}
    assert inspections.get("alexnet").whole.parameters == 61_100_840


def test_the_service_inspects(home_with_digits: Path) -> None:
    with open_service(home_with_digits) as (service, _):
        assert service.inspect("squeezenet1_1") is service.inspect("squeezenet1_1")

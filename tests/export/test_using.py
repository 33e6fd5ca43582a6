"""A downloaded network gives the same ten probabilities in a program without TrendLab."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from safetensors import safe_open
from torch import nn

from core.config import RunConfig, choices
from core.datasets import open_prepared
from core.errors import NotInOnnx
from core.export.using import FORMATS, Format, Taken, picture_png, using_program
from core.interpret.network import load_network
from core.interpret.onnx_file import onnx_model
from core.interpret.questions import weights_onnx, weights_safetensors
from core.training import train_slice
from core.training.augment import shifted
from core.training.batches import Batches
from tests.export.standalone import Standalone

ANSWER = {"safetensors": weights_safetensors.answer, "onnx": weights_onnx.answer}
CLASSES = tuple("零一二三四五六七八九")
PICTURE = 3
RUN = "0123abcd" * 4
STEPS = 20
LEARNT = {
    "optimizer": "adam",
    "learning_rate": 0.003,
    "batch_size": 64,
}  # enough for different answers to different images
CONFIGS = [
    *(
        RunConfig(model=model, precision=precision, **LEARNT)
        for model in choices("model")
        for precision in choices("precision")
    ),
    RunConfig(model="residual", depth=3, **LEARNT),
    RunConfig(model="small_resnet", dataset="shapes", val_shift=2, **LEARNT),
]


@cache
def trained_checkpoint(config: RunConfig) -> bytes:
    """The network after some steps."""
    return train_slice(config, None, STEPS).checkpoint


def _files(config: RunConfig, form: Format, folder: Path) -> tuple[Taken, list[float]]:
    """The network and its picture in a folder, and the network's own answer."""
    taken, data = Taken(config, RUN, 1, CLASSES), open_prepared(config.dataset)
    network = load_network(config, trained_checkpoint(config))
    at = data.num_train + PICTURE
    (folder / taken.file(form)).write_bytes(ANSWER[form](network, config, taken.notes()))
    (folder / "picture.png").write_bytes(picture_png(shifted(data.images[at : at + 1], config.val_shift)[0]))
    images, _ = Batches(config, data).validation(PICTURE, PICTURE + 1)
    return taken, network(images)[0].softmax(0).tolist()


@pytest.mark.usefixtures("everything_prepared")
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("config", CONFIGS, ids=lambda each: f"{each.model}-{each.precision}-{each.dataset}")
def test_the_program_prints_what_the_network_says(config: RunConfig, form: Format, standalone: Standalone) -> None:
    taken, expected = _files(config, form, standalone.folder)
    outcome = standalone.run(using_program(taken, form, "picture.png", "zh"))
    assert outcome.end is None
    told = dict(line.split(": ") for line in outcome.printed.splitlines())
    assert tuple(told) == CLASSES
    assert np.allclose([float(each) for each in told.values()], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("model", choices("model"))
def test_an_onnx_file_takes_any_number_of_images(model: str) -> None:
    config = RunConfig(model=model, **LEARNT)
    network = load_network(config, trained_checkpoint(config))
    content = weights_onnx.answer(network, config, Taken(config, RUN, 1, CLASSES).notes())
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    images, _ = Batches(config, open_prepared("digits")).validation(0, 7)
    for some in (images, images[:1]):
        assert np.allclose(session.run(None, {"images": some.numpy()})[0], network(some).numpy(), atol=1e-5)


def test_what_an_onnx_file_cannot_say_is_refused_by_its_name() -> None:
    with pytest.raises(NotInOnnx, match="softsign"):
        onnx_model(nn.Sequential(nn.Flatten(), nn.Softsign()).eval())
    with pytest.raises(NotInOnnx, match="max_pool2d"):
        onnx_model(nn.Sequential(nn.MaxPool2d(5, ceil_mode=True), nn.Flatten()).eval())


def test_the_files_say_what_they_are(tmp_path: Path) -> None:
    config = RunConfig(model="mlp", dataset="digits")
    taken, _ = _files(config, "safetensors", tmp_path)
    _files(config, "onnx", tmp_path)
    assert taken.file("onnx") == "trendlab_digits_mlp_0123abcd_epoch1.onnx"
    with safe_open(tmp_path / taken.file("safetensors"), "np") as file:
        told = file.metadata()
    model = onnx.load(tmp_path / taken.file("onnx"))
    assert told == {"format": "pt", **{each.key: each.value for each in model.metadata_props}}
    assert json.loads(told["classes"]) == list(CLASSES)
    assert RunConfig(**json.loads(told["settings"])) == config
    assert str(Path(__file__).parents[2]).encode() not in (tmp_path / taken.file("onnx")).read_bytes()

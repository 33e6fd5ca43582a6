"""An exported program, run without access to TrendLab, gives the numbers of the run, to the last bit."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from core import catalog
from core.config import RunConfig
from core.datasets.own.check import check
from core.export.own_file import own_file
from core.export.program import notebook, script
from core.training import train_slice
from core.training.schedule import Change
from tests.datasets.uploads import folders, write_zip
from tests.export.standalone import Outcome, Standalone

pytestmark = pytest.mark.usefixtures("everything_prepared")

ALL_STEPS = 10**9
SHORT = RunConfig(model="mlp", epochs=2, batch_size=128, learning_rate=0.01)
PICTURES = dict.fromkeys(("augment_shift", "augment_flip", "augment_crop"), True)


def numbers(config: RunConfig, changes: Sequence[Change] = ()) -> list[float]:
    """Training loss, validation loss and validation accuracy at the end of the run."""
    last = train_slice(config, None, ALL_STEPS, changes=changes).evaluations[-1]
    return [last.train_loss, last.val_loss, last.val_accuracy]


def assert_same(outcome: Outcome, config: RunConfig, changes: Sequence[Change] = ()) -> None:
    assert outcome.end is None, outcome
    assert outcome.result == numbers(config, changes)


@pytest.mark.parametrize("model", list(catalog.specs("models")))
def test_every_model_has_the_same_numbers(model: str, standalone: Standalone) -> None:
    config = SHORT.replaced(model=model, train_share=0.2, batch_size=64)  # five steps an epoch
    assert_same(standalone.run(script(config)), config)


@pytest.mark.parametrize("optimizer", list(catalog.specs("optimizers")))
def test_every_optimizer_has_the_same_numbers(optimizer: str, standalone: Standalone) -> None:
    config = SHORT.replaced(optimizer=optimizer, learning_rate=0.003, weight_decay=0.01)
    assert_same(standalone.run(script(config)), config)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("dataset", list(catalog.specs("datasets")))
def test_every_data_set_has_the_same_numbers(dataset: str, lang: str, standalone: Standalone) -> None:
    config = SHORT.replaced(dataset=dataset, optimizer="adam", learning_rate=0.001)
    assert_same(standalone.run(script(config, lang=lang)), config)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_own_images_in_a_file_beside_the_program(lang: str, standalone: Standalone, tmp_path: Path) -> None:
    dataset = check(write_zip(tmp_path / "up", folders("a", "b", "c", each=20)), "pets.zip", "somebody")
    (standalone.folder / f"{dataset}.npz").write_bytes(own_file(dataset))
    config = SHORT.replaced(dataset=dataset, batch_size=8, label_noise=0.4)
    assert_same(standalone.run(script(config, lang=lang)), config)


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 3},
        {"momentum": 0.0, "optimizer": "sgd_nesterov"},
        {"batch_size": 359},  # leaves a last batch of one image
        {"schedule": "step", "epochs": 4},
        {"schedule": "cosine"},
        {"augment_shift": True},
        {"augment_flip": True},
        {"augment_crop": True},
        {"dataset": "shapes", **PICTURES},
        {"train_share": 0.3},
        {"train_share": 0.3, "same_steps": True},
        {"label_noise": 0.4},
        {"label_noise": 0.4, "train_share": 0.5},
        {"val_shift": 3},
        {"precision": "bfloat16"},
        {"precision": "bfloat16", "model": "seed_cnn", "epochs": 1, **PICTURES},
        {"model": "seed_cnn", "batch_size": 32, "epochs": 1},
    ],
    ids=str,
)
def test_every_setting_has_the_same_numbers(changed: dict[str, Any], standalone: Standalone) -> None:
    config = SHORT.replaced(**changed)
    assert_same(standalone.run(script(config)), config)


@pytest.mark.parametrize("model", [m for m, spec in catalog.specs("models").items() if "depth" in spec["uses"]])
def test_another_depth_has_the_same_numbers(model: str, standalone: Standalone) -> None:
    config = SHORT.replaced(model=model, depth=3, epochs=1)
    assert_same(standalone.run(script(config)), config)


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_rates_changed_on_the_way(schedule: str, standalone: Standalone) -> None:
    config, changes = SHORT.replaced(schedule=schedule), [(5, "learning_rate", 0.1), (15, "learning_rate", 0.001)]
    assert_same(standalone.run(script(config, changes)), config, changes)
    assert numbers(config, changes) != numbers(config)


def test_no_epochs_accuracy_is_rounded_otherwise_than_on_the_pages(standalone: Standalone) -> None:
    """Of 400 images, 41 are 10.25%: with one decimal place Python writes 10.2%, the pages 10.3%."""
    config = SHORT.replaced(dataset="shapes", epochs=6)
    printed = re.findall(r"([\d.]+)%", standalone.run(script(config)).printed)
    measured = train_slice(config, None, ALL_STEPS).evaluations
    assert [float(percent) for percent in printed] == [pytest.approx(100 * each.val_accuracy) for each in measured]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_code_of_a_notebook(lang: str, standalone: Standalone) -> None:
    config = SHORT.replaced(dataset="shapes", schedule="step", train_share=0.5, same_steps=True)
    cells = json.loads(notebook(config, lang=lang))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert_same(standalone.run(code), config)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_run_that_diverges_ends_at_the_same_step(lang: str, standalone: Standalone) -> None:
    config = RunConfig(learning_rate=10.0, seed=1)
    outcome = standalone.run(script(config, lang=lang))
    step = train_slice(config, None, ALL_STEPS).finding_step
    assert outcome.end
    assert re.findall(r"\d+", outcome.end)[0] == str(step)
    assert outcome.printed == ""


def test_a_program_run_by_itself_has_the_same_numbers(standalone: Standalone) -> None:
    """As a learner runs it: in a new Python process, with nothing prepared and several threads."""
    config = SHORT.replaced(model="seed_cnn", epochs=1)
    path = standalone.folder / "alone.py"
    path.write_text(script(config), encoding="utf-8")
    printed = subprocess.check_output([sys.executable, "-I", path], cwd=standalone.folder, text=True, env={})
    assert_same(Outcome(printed, None), config)
    assert printed.splitlines()[0].startswith("epoch 1 · training loss ")

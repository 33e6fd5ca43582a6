"""Earlier runs on the charts are named by what sets them apart."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.config import RunConfig
from core.content.words import Words
from core.ui.lab.ghosts import ghost_labels


def labels(main: dict[str, Any], *ghosts: dict[str, Any], language: str = "en") -> list[str]:
    def view(name: str = "", **changed: Any) -> Any:
        return SimpleNamespace(name=name, config=RunConfig(**changed))

    return ghost_labels(Words(language), view(**main), [view(**each) for each in ghosts])


def test_the_rate_is_told_first_and_else_what_no_other_has() -> None:
    rows = {"learning_rate": 0.01}, {"learning_rate": 0.1}
    assert labels({}, *rows) == ["rate 0.01", "rate 0.1"]
    presets = {"momentum": 0.99}, {"model": "mlp", "epochs": 40, "label_noise": 0.4}
    assert labels({"train_share": 0.05}, *presets) == ["Momentum: 0.99", "Wrong labels: 40%"]
    assert labels({}, {"seed": 1}, {"seed": 2, "epochs": 5}) == ["Seed: 1", "Epochs: 5"]
    assert labels({}, {}) == ["Earlier run"]


@pytest.mark.parametrize(
    ("name", "label"), [("Row 3", "Row 3"), ("r" * 30, "r" * 19 + "…"), ("排" * 30, "排" * 9 + "…")]
)
def test_a_name_is_told_as_far_as_there_is_room(name: str, label: str) -> None:
    assert labels({}, {"name": name, "learning_rate": 0.01}, language="zh") == [label]

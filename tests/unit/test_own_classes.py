"""Statements about a run use the number of classes of its data set, not the network's ten outputs."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.charts.training import CurveRun, training_figures
from core.config import RunConfig
from core.content.words import Words
from core.diagnosis.shape import followed, left_at
from core.errors import InvalidConfig
from core.training.batches import noisy_labels
from core.training.findings import finding_of, is_flat
from tests.artificial import evaluation

TWO = RunConfig(dataset="own_2_0123456789ab")


@pytest.mark.parametrize("name", ["own_1_0123456789ab", "own_11_0123456789ab", "own_2_0123456789AB", "own_2_../../x"])
def test_other_names_are_no_data_sets(name: str) -> None:
    with pytest.raises(InvalidConfig):
        RunConfig(dataset=name)


def test_guessing_is_among_the_classes() -> None:
    assert (TWO.num_classes, TWO.chance) == (2, 0.5)
    stuck = evaluation(1, 10, train_loss=math.log(2), val_loss=math.log(2))
    assert is_flat(stuck, TWO)
    assert finding_of(stuck, TWO) == "flat"
    assert not is_flat(stuck, RunConfig())
    for left in ({"train_loss": 0.1}, {"val_loss": 0.1}):  # a mean over the epoch may be late
        assert not is_flat(replace(stuck, **left), TWO)


def test_a_loss_leaves_guessing_where_it_falls_below_that_of_its_classes() -> None:
    fell = np.concatenate([np.full(60, 2.3), np.full(240, math.log(2)), np.full(100, 0.1)]).astype(np.float32)
    assert left_at(fell, TWO.chance_loss) == pytest.approx(0.75, abs=0.04)
    assert followed(fell, TWO.chance_loss) == "flat_then_falls"
    assert left_at(fell, RunConfig().chance_loss) == pytest.approx(0.15, abs=0.04)


def test_wrong_labels_are_labels_of_the_set() -> None:
    labels = np.arange(1_000) % 2
    noisy = noisy_labels(labels, 800, TWO.replaced(label_noise=0.5))
    assert set(noisy) == {0, 1}
    assert 0.4 < (noisy[:800] != labels[:800]).mean() < 0.6


def test_the_line_of_guessing_is_drawn_where_it_is() -> None:
    run = CurveRun("a", "a", 10, 100, chance=TWO.chance)
    (line,) = training_figures(run, [], Words("en").by_prefix("live"), "light")["accuracy"]["layout"]["shapes"]
    assert (line["y0"], line["label"]["text"]) == (0.5, "guessing 50%")
    run = replace(run, largest=0.62)
    (line,) = training_figures(run, [], Words("en").by_prefix("live"), "light")["accuracy"]["layout"]["shapes"]
    assert (line["y0"], line["label"]["text"]) == (0.62, "always the largest class 62%")

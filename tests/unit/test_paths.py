"""Optimizers' paths: the numbers of torch's optimizers, on surfaces with the slopes and lowest points they claim."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from core.charts.paths import HEADS, LINES, paths_evidence
from core.content.words import Words
from core.facts.tables import table
from core.survey.paths import MOMENTUM, NUM_STEPS, RULES, SURFACES, path, standings

RATE = 0.003
TORCH: dict[str, Any] = {
    "sgd": lambda weights: torch.optim.SGD(weights, RATE),
    "momentum": lambda weights: torch.optim.SGD(weights, RATE, momentum=MOMENTUM),
    "adagrad": lambda weights: torch.optim.Adagrad(weights, RATE, eps=1e-8),
    "rmsprop": lambda weights: torch.optim.RMSprop(weights, RATE, alpha=0.9),
    "adam": lambda weights: torch.optim.Adam(weights, RATE),
}


@pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
@pytest.mark.parametrize("name", TORCH)
def test_a_path_equals_that_of_torchs_optimizer(name: str, surface: Any) -> None:
    weights = torch.tensor(surface.start, dtype=torch.float64, requires_grad=True)
    optimizer = TORCH[name]([weights])
    for _ in range(50):
        optimizer.zero_grad()
        surface.loss(*weights).backward()
        optimizer.step()
    assert path(name, surface, RATE, 50).points[-1] == pytest.approx(weights.detach().numpy(), rel=1e-6, abs=1e-9)


def test_nesterovs_path_is_torchs_seen_from_where_momentum_leads() -> None:
    """torch keeps the point at which the slope is taken: one momentum step ahead of Nesterov's own."""
    surface = SURFACES["valley"]
    weights = torch.tensor(surface.start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weights], RATE, momentum=MOMENTUM, nesterov=True)
    for _ in range(50):
        optimizer.zero_grad()
        surface.loss(*weights).backward()
        optimizer.step()
    last, before = path("nesterov_accelerated_gradient", surface, RATE, 50).points[[-1, -2]]
    assert last + MOMENTUM * (last - before) == pytest.approx(weights.detach().numpy(), rel=1e-9)


@pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
def test_a_surface_has_its_slope_and_its_lowest_points(surface: Any) -> None:
    for place in surface.lowest:
        assert surface.slope(np.array(place)) == pytest.approx([0, 0], abs=1e-9)
        (left, right), (bottom, top) = surface.box
        assert left < place[0] < right
        assert bottom < place[1] < top
        grid = np.meshgrid(np.linspace(left, right, 101), np.linspace(bottom, top, 101))
        assert surface.loss(*grid).min() >= surface.loss(*place) - 1e-9


def test_the_valley_bounds_the_rate_of_plain_steps() -> None:
    """Steps across the valley overshoot for ever once the rate passes 2 / 25 (Goh 2017)."""
    assert not path("sgd", SURFACES["valley"], 0.079).left
    assert path("sgd", SURFACES["valley"], 0.3).left


def test_every_rule_is_in_the_table() -> None:
    assert RULES.keys() <= table("optimizers").keys()


@pytest.mark.parametrize("surface", SURFACES)
def test_the_order_is_by_height_and_who_left_comes_last(surface: str) -> None:
    found = standings(SURFACES[surface], 1.0)
    heights = [height for _, height in found if height is not None]
    assert heights == sorted(heights)
    assert min(heights) >= 0
    assert [height is None for _, height in found] == sorted(height is None for _, height in found)


def test_the_drawing_holds_every_step_of_each_path_and_a_marker_at_its_end() -> None:
    shown = paths_evidence(Words("zh"), "dark", "valley", 0.01)
    assert len(shown.rows) == len(RULES) * (NUM_STEPS + 1)
    traces = shown.figure["data"]
    assert len(traces) == 1 + 2 * len(RULES)
    for line, head in zip(LINES, HEADS, strict=True):
        assert len(traces[line]["x"]) == NUM_STEPS + 1
        assert (traces[head]["x"], traces[head]["y"]) == (traces[line]["x"][-1:], traces[line]["y"][-1:])
    json.dumps(shown.figure, allow_nan=False)

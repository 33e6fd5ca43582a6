"""What may be said about two runs on the same images."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from core.charts import tiles
from core.charts.confusion_difference import confusion_difference_figure
from core.charts.house import MODES, Mode
from core.content.words import Words
from core.diagnosis.pairs import apart_by_chance, mcnemar, paired, seeds_overlap

TEXTS = Words("en").by_prefix("compare.confusions")


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 0), (1, 0), (5, 5), (9, 1), (3, 14), (67, 7), (900, 2100)])
def test_the_chance_is_that_of_an_exact_binomial_test(only_a: int, only_b: int) -> None:
    expected = binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert mcnemar(only_a, only_b) == pytest.approx(expected, rel=1e-9)


def right(both: int, only_a: int, only_b: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    a = [True] * (both + only_a) + [False] * (only_b + neither)
    b = [True] * both + [False] * only_a + [True] * only_b + [False] * neither
    return np.array(a), np.array(b)


@pytest.mark.parametrize(
    ("counts", "outcome"),
    [
        ((340, 12, 2, 6), "a_ahead"),
        ((340, 2, 12, 6), "b_ahead"),
        ((340, 8, 4, 8), "alike"),
        ((0, 0, 0, 360), "alike"),
    ],
)
def test_ahead_is_only_who_is_alone_right_more_often_than_by_chance(counts: tuple[int, ...], outcome: str) -> None:
    key, facts = paired(*right(*counts))
    assert key == f"compare.paired.{outcome}"
    assert (facts["only_a"], facts["only_b"]) == counts[1:3]
    assert facts["a_accuracy"] == pytest.approx((counts[0] + counts[1]) / 360)
    for language in ("en", "zh"):
        assert Words(language)(key, a=1, b=2, num_validation=360, **facts)


def test_a_chance_told_as_at_most_is_no_larger() -> None:
    """The last digit told is a tenth of a percent: 0.74 % is at most 0.8 %, and not at most 0.7 %."""
    _, facts = paired(*right(340, 13, 2, 5))
    assert mcnemar(13, 2) == pytest.approx(0.00739, abs=1e-5)
    assert facts["chance"] == 0.008
    assert paired(*right(300, 60, 0, 0))[1]["chance"] == 0.001


@pytest.mark.parametrize(("num_a", "num_b"), [(1, 2), (2, 2), (2, 4), (3, 3)])
def test_bands_of_alike_settings_are_apart_as_often_as_is_said(num_a: int, num_b: int) -> None:
    drawn = np.random.default_rng(0).random((20_000, num_a + num_b))
    apart = [not seeds_overlap(each[:num_a].tolist(), each[num_a:].tolist()) for each in drawn]
    assert np.mean(apart) == pytest.approx(apart_by_chance(num_a, num_b), abs=0.012)


def test_bands_of_seeds_overlap_where_they_share_an_accuracy() -> None:
    assert seeds_overlap([0.95], [0.97]) is None
    assert seeds_overlap([0.95, 0.97], [0.96]) is True
    assert seeds_overlap([0.95, 0.97], [0.98]) is False
    assert seeds_overlap([0.9, 0.91], [0.92, 0.95]) is False
    assert seeds_overlap([0.9, 0.96], [0.92, 0.95]) is True


def test_a_cell_tells_its_difference_with_the_sign() -> None:
    difference = np.array([[0, 2], [-3, 1]])
    heat, numbers = confusion_difference_figure(difference, ["a", "b"], TEXTS, "dark")["data"]
    assert list(zip(numbers["y"], numbers["x"], numbers["text"], strict=True)) == [
        ("a", "b", "+2"),
        ("b", "a", "−3"),
        ("b", "b", "+1"),
    ]
    assert (heat["zmin"], heat["zmax"]) == (-3, 3)


@pytest.mark.parametrize("mode", MODES)
def test_every_number_can_be_read_on_its_cell(mode: Mode) -> None:
    difference = np.arange(-50, 50).reshape(10, 10)
    _, numbers = confusion_difference_figure(difference, "0123456789", TEXTS, mode)["data"]
    shine = tiles.luminance(tiles.signed(difference, mode)[difference != 0])
    ink = np.array([each == "#FFFFFF" for each in numbers["textfont"]["color"]])
    contrast = np.where(ink, 1.05 / (shine + 0.05), (shine + 0.05) / 0.05)
    assert contrast.min() >= 4.5


@pytest.mark.parametrize(("name", "tick"), [("x" * 40, "x" * 16 + "…"), ("猫" * 40, "猫" * 8 + "…"), ("10", "10")])
def test_long_names_leave_room_for_the_matrix(name: str, tick: str) -> None:
    figure = confusion_difference_figure(np.eye(2, dtype=np.int64), [name, "b"], TEXTS, "dark")
    for axis in ("xaxis", "yaxis"):
        assert figure["layout"][axis]["tickvals"] == [name, "b"]
        assert figure["layout"][axis]["ticktext"] == [tick, "b"]
    assert figure["data"][0]["x"] == [name, "b"]  # for the hover

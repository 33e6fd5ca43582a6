"""Statistics of answers, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from core.charts.calibration import calibration_figure
from core.content.words import Words
from core.interpret.results import (
    Answers,
    calibration,
    chance_gap,
    confusion,
    drop_empty_column,
    merge_unused_outputs,
    precision_and_recall,
    probabilities,
    small,
    worth_showing,
)

CLASSES = range(10)


@pytest.fixture(scope="module")
def answers() -> tuple[np.ndarray, np.ndarray]:
    """Logits that lean towards the truth; class 9 neither exists nor is ever named."""
    random = np.random.default_rng(0)
    truths = random.integers(0, 9, 500)
    logits = random.normal(0, 2, (500, 10)) + 2 * np.eye(10)[truths]
    logits[:, 9] = -20
    return logits.astype(np.float16), truths


def test_confusion_precision_and_recall_are_scikit_learns(answers: tuple[np.ndarray, np.ndarray]) -> None:
    logits, truths = answers
    predicted = logits.argmax(1)
    counts = drop_empty_column(confusion(truths, predicted, 10))
    assert np.array_equal(counts, confusion_matrix(truths, predicted, labels=CLASSES))
    for ours, theirs in zip(precision_and_recall(counts), (precision_score, recall_score), strict=True):
        expected = theirs(truths, predicted, labels=CLASSES, average=None, zero_division=np.nan)
        np.testing.assert_allclose(ours, expected)


def test_outputs_without_a_class_are_one() -> None:
    """A reader's own two classes, and a network with its ten outputs."""
    truths, predicted = np.array([0, 0, 1, 1, 1]), np.array([0, 7, 1, 2, 9])
    counts = confusion(truths, predicted, 2)
    assert drop_empty_column(counts).tolist() == [[1, 0, 1], [0, 1, 2]]
    assert drop_empty_column(np.stack([confusion(truths, truths, 2), counts])).shape == (2, 2, 3)
    assert [each.tolist() for each in precision_and_recall(counts)] == [[1, 1], [1 / 2, 1 / 3]]
    shares = np.array([[0.7, 0.2, 0.06, 0.04], [0.9, 0.1, 0, 0]], np.float32)
    np.testing.assert_allclose(merge_unused_outputs(shares, 2), [[0.7, 0.2, 0.1], [0.9, 0.1, 0]], atol=1e-6)
    np.testing.assert_allclose(merge_unused_outputs(shares[1:], 2), [[0.9, 0.1]])


def test_calibration_is_scikit_learns(answers: tuple[np.ndarray, np.ndarray]) -> None:
    logits, truths = answers
    shares = probabilities(logits)
    found = calibration(shares, truths)
    is_right = shares.argmax(1) == truths
    accuracy, confidence = calibration_curve(is_right, shares.max(1), n_bins=10)
    filled = found.images > 0
    np.testing.assert_allclose(found.accuracy[filled], accuracy)
    np.testing.assert_allclose(found.confidence[filled], confidence)
    weights = found.images[filled] / len(truths)
    assert found.error == pytest.approx(float(np.sum(np.abs(accuracy - confidence) * weights)))
    assert found.images.sum() == len(truths)


def test_a_bin_is_told_as_the_tables_round_it() -> None:
    """One image, and sixteen of which one is right: 6.25 %."""
    shares = np.array([[0.95, 0.05]] + [[0.55, 0.45]] * 16, np.float32)
    truths = np.array([0, 0] + [1] * 15)
    points, bars = calibration_figure(Words("en"), "light", calibration(shares, truths))["data"]
    bins = points["text"]
    assert bins[5] == "Images: 16. It says 55.0% on average and is right in 6.3%"
    assert bins[9].startswith("Images: 1. ")
    filled = [at for at, x in enumerate(points["x"]) if x is not None]
    assert [(points["x"][at], points["y"][at]) for at in filled] == [
        pytest.approx((55, 6.25)),
        pytest.approx((95, 100)),
    ]
    assert [(bars["x"][at], bars["y"][at], bars["text"][at]) for at in (5, 8, 9)] == [
        (55, 16, "16"), (85, 0, ""), (95, 1, "1")
    ]  # fmt: skip
    assert "80" in bins[8]
    assert "90" in bins[8]


def test_probabilities_add_up_whatever_the_logits() -> None:
    logits = np.array([[np.inf, 0, -np.inf], [6e4, 6e4, 6e4], [-1, 0, 1]], np.float16)
    shares = probabilities(logits)
    np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-6)
    assert shares[0].tolist() == [1, 0, 0]


def test_small_answers_round_to_the_same_percent() -> None:
    """What the browser makes of them is the middle of a half percent."""
    random = np.random.default_rng(0)
    logits = np.concatenate([random.normal(0, 4, (5_000, 3)), [[9, -9, -9], [0, 0, -30], [0, 0, 0]]])
    told = np.minimum(1, (small(logits).confidence + 0.5) / 200)
    assert np.array_equal(np.floor(100 * told + 0.5), np.floor(100 * probabilities(logits).max(1) + 0.5))


def test_where_not_all_images_fit_those_wrong_most_often_are_shown_and_then_the_first() -> None:
    truths, sure = np.zeros(6, np.int64), np.zeros(6, np.uint8)
    epochs = [Answers(np.array(each, np.uint8), sure) for each in ([1, 0, 0, 1, 0, 0], [1, 0, 0, 0, 0, 1])]
    assert [worth_showing(epochs, truths, most).tolist() for most in (1, 3, 4, 9)] == [
        [0], [0, 3, 5], [0, 1, 3, 5], [0, 1, 2, 3, 4, 5]
    ]  # fmt: skip


@pytest.mark.parametrize("num_images", [19, 2_000])
def test_a_network_that_fits_is_seldom_off_by_more_than_chance(num_images: int) -> None:
    random = np.random.default_rng(0)
    top = random.uniform(0.6, 1, num_images)
    shares = np.stack([top, 1 - top], 1)
    gaps = np.abs((random.random((1_000, num_images)) < top).mean(1) - top.mean())
    assert 0.9 < (gaps < chance_gap(shares)).mean() < 0.99

"""The intervals agree with other programs and with the literature."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest, chi2_contingency

from core.diagnosis.interval import difference, excludes_zero, wilson


@pytest.mark.parametrize("num_images", [30, 360, 2_000])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.97, 1.0])
def test_wilson_is_that_of_scipy(share: float, num_images: int) -> None:
    right = round(share * num_images)
    expected = binomtest(right, num_images).proportion_ci(confidence_level=0.95, method="wilson")
    assert wilson(right / num_images, num_images) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_360_images_carry_about_1_8_points() -> None:
    low, high = wilson(0.97, 360)
    assert (high - low) / 2 == pytest.approx(0.018, abs=5e-4)


@pytest.mark.parametrize(
    ("right_a", "num_a", "right_b", "num_b", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_the_difference_is_that_of_newcombes_table(
    right_a: int, num_a: int, right_b: int, num_b: int, low: float, high: float
) -> None:
    """Newcombe 1998, table II, method 10."""
    found = difference(right_a / num_a, num_a, right_b / num_b, num_b)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_the_difference_agrees_with_a_chi_squared_test() -> None:
    """Away from the limit both say the same of any two counts of 360."""
    for right_a in range(0, 361, 9):
        for right_b in range(0, 361, 9):
            if right_a + right_b in (0, 720):
                continue
            table = [[right_a, 360 - right_a], [right_b, 360 - right_b]]
            p = chi2_contingency(table, correction=False).pvalue
            if not 0.02 < p < 0.1:
                found = excludes_zero(difference(right_a / 360, 360, right_b / 360, 360))
                assert found == (p < 0.05), (right_a, right_b)

"""A curve has the same points live, after a reload and in a replay."""

import numpy as np
import pytest

from core.live.buckets import MAX_POINTS, bucket_exponent, bucket_points, first_bucket_step


@pytest.mark.parametrize("total", [1, 999, 1000, 1001, 75_000, 10**6])
def test_never_more_points_than_allowed_and_never_thinner_than_needed(total: int) -> None:
    k = bucket_exponent(total)
    assert -(-total // 2**k) <= MAX_POINTS
    assert k == 0 or -(-total // 2 ** (k - 1)) > MAX_POINTS


@pytest.mark.parametrize("total", [450, 5_000, 75_000])
def test_arriving_in_parts_gives_the_same_points_as_all_at_once(total: int) -> None:
    rng = np.random.default_rng(0)
    losses = rng.exponential(size=total).astype(np.float32)
    k = bucket_exponent(total)
    whole = {point[0]: point for point in bucket_points(losses, 0, k)}
    arrived: dict[object, list[object]] = {}
    step = 0
    while step < total:
        until = min(total, step + int(rng.integers(1, 400)))
        first = first_bucket_step(step, k)
        arrived |= {point[0]: point for point in bucket_points(losses[first:until], first, k)}
        step = until
    assert arrived == whole


def test_a_point_holds_mean_min_and_max_of_its_steps() -> None:
    losses = np.array([1.0, 3.0, 2.0, 6.0, 5.0], dtype=np.float32)
    assert bucket_points(losses, 8, 1) == [[8, 2.0, 1.0, 3.0], [10, 4.0, 2.0, 6.0], [12, 5.0, 5.0, 5.0]]


def test_what_is_no_number_becomes_nothing() -> None:
    assert bucket_points(np.array([1.0, np.nan, np.inf], dtype=np.float32), 0, 0) == [[0, 1.0], [1, None], [2, None]]

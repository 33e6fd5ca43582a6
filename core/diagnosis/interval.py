"""95 % confidence intervals for shares of right answers.

With 360 images, 97 % is uncertain by about 1.8 points either way.
"""

from __future__ import annotations

import math

Z = 1.959964  # 95 % of a normal distribution lie within so many standard deviations


def wilson(share: float, num_images: int) -> tuple[float, float]:
    """The interval of a share (Wilson 1927); it stays within 0 and 1 and is accurate near them."""
    shrink = 1 + Z**2 / num_images
    centre = (share + Z**2 / (2 * num_images)) / shrink
    half = Z / shrink * math.sqrt(share * (1 - share) / num_images + Z**2 / (4 * num_images**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def difference(share_a: float, num_a: int, share_b: float, num_b: int) -> tuple[float, float]:
    """The interval of a - b, from the two Wilson intervals (Newcombe 1998, method 10).

    It assumes that a and b are measured on different images. On the same images it is usually wider than necessary, as
    two runs find the same images hard.
    """
    (low_a, high_a), (low_b, high_b) = wilson(share_a, num_a), wilson(share_b, num_b)
    low = share_a - share_b - math.hypot(share_a - low_a, high_b - share_b)
    high = share_a - share_b + math.hypot(high_a - share_a, share_b - low_b)
    return low, high


def excludes_zero(interval: tuple[float, float]) -> bool:
    """Whether a difference is more than chance."""
    return interval[0] > 0 or interval[1] < 0

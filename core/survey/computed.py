"""Figures that texts quote and nobody published: each is computed here from the facts, and nowhere typed.

`about` is the key below `computed` in the words that says how it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from core.facts.tables import Row, known, table
from core.survey import landmarks
from core.survey.fits import spearman

V1 = "torchvision IMAGENET1K_V1"


@dataclass(frozen=True)
class Computed:
    """A figure: what makes it, from which table, and how in words."""

    compute: Callable[[], float]
    table: str
    about: str

    def value(self) -> float:
        return _once(self.compute)


@cache
def _once(compute: Callable[[], float]) -> float:
    return compute()


def depth_rows(*kinds: str) -> list[Row]:
    """The networks of one recipe (torchvision's first weights) with a known depth."""
    rows = known(table("imagenet_top1"), "depth_layers", "top1_percent")
    return [row for row in rows if row["weights_or_setting"] == V1 and row["kind"] in kinds]


def _depth_spearman(*kinds: str) -> float:
    rows = depth_rows(*kinds)
    return spearman([row["depth_layers"] for row in rows], [row["top1_percent"] for row in rows])


COMPUTED: Mapping[str, Computed] = {
    "depth_spearman": Computed(lambda: _depth_spearman("cnn"), "imagenet_top1", "depth_spearman"),
    "depth_spearman_all": Computed(lambda: _depth_spearman("cnn", "transformer"), "imagenet_top1", "depth_spearman"),
    "depth_rows": Computed(lambda: len(depth_rows("cnn")), "imagenet_top1", "depth_spearman"),
    "compute_months": Computed(lambda: landmarks.compute_rise().doubling_months, landmarks.TABLE, "compute_rise"),
    "compute_months_low": Computed(lambda: landmarks.compute_rise().low_months, landmarks.TABLE, "compute_rise"),
    "compute_months_high": Computed(lambda: landmarks.compute_rise().high_months, landmarks.TABLE, "compute_rise"),
    "compute_models": Computed(lambda: landmarks.compute_rise().num_points, landmarks.TABLE, "compute_rise"),
    "size_months": Computed(lambda: landmarks.size_rise().doubling_months, landmarks.TABLE, "size_rise"),
    "size_months_low": Computed(lambda: landmarks.size_rise().low_months, landmarks.TABLE, "size_rise"),
    "size_months_high": Computed(lambda: landmarks.size_rise().high_months, landmarks.TABLE, "size_rise"),
    "dense_median_2021": Computed(lambda: landmarks.dense_median(2021), landmarks.TABLE, "dense_median"),
    "dense_median_2024": Computed(lambda: landmarks.dense_median(2024), landmarks.TABLE, "dense_median"),
    "compute_values": Computed(lambda: len(landmarks.in_view("compute")), landmarks.TABLE, "compute_estimates"),
    "compute_estimates": Computed(landmarks.num_estimates, landmarks.TABLE, "compute_estimates"),
    "closed_models": Computed(landmarks.closed_models, landmarks.TABLE, "closed_models"),
    "closed_unsized": Computed(lambda: landmarks.closed_models(unsized=True), landmarks.TABLE, "closed_models"),
    "scale_powers": Computed(landmarks.powers_of_ten, landmarks.TABLE, "scale_times"),
    "scale_years": Computed(landmarks.years_between, landmarks.TABLE, "scale_times"),
    "run_times": Computed(landmarks.gpt3_in_runs, landmarks.TABLE, "run_times"),
}

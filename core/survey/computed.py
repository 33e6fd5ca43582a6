"""Figures that texts quote and nobody published: each is computed here from the facts, and nowhere typed.

`about` is the key below `computed` in the words that says how it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from core.facts.tables import Row, known, table
from core.survey import language, outlook
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
    "mmlu_rows": Computed(lambda: len(language.mmlu_with_both()), "nlp_benchmarks", "mmlu_spearman"),
    "mmlu_by_compute": Computed(lambda: language.mmlu_spearman(language.COMPUTE), "nlp_benchmarks", "mmlu_spearman"),
    "mmlu_by_size": Computed(lambda: language.mmlu_spearman(language.SIZE), "nlp_benchmarks", "mmlu_spearman"),
    "mmlu_dense_rows": Computed(lambda: len(language.mmlu_with_both(True)), "nlp_benchmarks", "mmlu_dense"),
    "mmlu_dense_by_compute": Computed(
        lambda: language.mmlu_spearman(language.COMPUTE, True), "nlp_benchmarks", "mmlu_dense"
    ),
    "mmlu_dense_by_size": Computed(lambda: language.mmlu_spearman(language.SIZE, True), "nlp_benchmarks", "mmlu_dense"),
    "tokens_each_2021": Computed(lambda: language.tokens_per_parameter(2021), "landmark_models", "tokens_each"),
    "tokens_each_2024": Computed(lambda: language.tokens_per_parameter(2024), "landmark_models", "tokens_each"),
    "dense_size_2021": Computed(lambda: language.dense_size(2021), "landmark_models", "dense_size"),
    "dense_size_2024": Computed(lambda: language.dense_size(2024), "landmark_models", "dense_size"),
    "glue_months": Computed(lambda: language.months_to_human("glue"), "nlp_benchmarks", "glue_months"),
    "chinchilla_token_ratio": Computed(
        lambda: language.token_ratio("chinchilla_70b", "gopher_280b"), "landmark_models", "token_ratio"
    ),
    "outlook_rows": Computed(lambda: outlook.past_line().num_points, "landmark_models", "outlook_line"),
    "outlook_forecast": Computed(outlook.forecast, "landmark_models", "outlook_line"),
    "outlook_times": Computed(lambda: outlook.times_off(outlook.forecast()), "landmark_models", "outlook_line"),
    "outlook_explained": Computed(lambda: 100 * outlook.past_line().r_squared, "landmark_models", "outlook_line"),
    "outlook_low": Computed(lambda: outlook.interval()[0], "landmark_models", "outlook_interval"),
    "outlook_high": Computed(lambda: outlook.interval()[1], "landmark_models", "outlook_interval"),
    "outlook_dense": Computed(lambda: outlook.forecast(True), "landmark_models", "outlook_dense"),
    "outlook_dense_times": Computed(
        lambda: outlook.times_off(outlook.forecast(True)), "landmark_models", "outlook_dense"
    ),
}

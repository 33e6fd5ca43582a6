"""Depth against accuracy: networks with torchvision's first weights."""

from __future__ import annotations

from core.facts.tables import Row, known, table
from core.survey.figure import Figures, computed
from core.survey.fits import spearman
from core.survey.vision import V1


def depth_rows(*kinds: str) -> list[Row]:
    """The networks of known depth."""
    rows = known(table("imagenet_top1"), "depth_layers", "top1_percent")
    return [row for row in rows if row["weights_or_setting"] == V1 and row["kind"] in kinds]


def _depth_spearman(*kinds: str) -> float:
    rows = depth_rows(*kinds)
    return spearman([row["depth_layers"] for row in rows], [row["top1_percent"] for row in rows])


FIGURES: Figures = computed(
    "imagenet_top1",
    "depth_spearman",
    depth_spearman=lambda: _depth_spearman("cnn"),
    depth_spearman_all=lambda: _depth_spearman("cnn", "transformer"),
    depth_rows=lambda: len(depth_rows("cnn")),
)

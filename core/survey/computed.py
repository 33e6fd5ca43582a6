"""Figures that texts quote and nobody published: each is computed here from the facts, and nowhere typed.

`about` is the key below `computed` in the words that says how it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from core.facts.tables import Row, known, table
from core.survey import vision
from core.survey.fits import spearman
from core.survey.vision import V1


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
    "vision_rows": Computed(lambda: len(vision.work_rows("cnn")), "imagenet_top1", "vision_ranks"),
    "vision_work_rank": Computed(lambda: vision.rank_with_accuracy("gflops"), "imagenet_top1", "vision_ranks"),
    "vision_size_rank": Computed(lambda: vision.rank_with_accuracy("parameters"), "imagenet_top1", "vision_ranks"),
    "vit_times": Computed(lambda: vision.ratio("parameters", "vit_l_16", "vit_b_16"), "imagenet_top1", "vision_ratio"),
    "work_times": Computed(
        lambda: vision.ratio("gflops", "vgg_19", "efficientnet_b0"), "imagenet_top1", "vision_ratio"
    ),
    "recognition_error": Computed(
        lambda: vision.stated("object_recognition_resnet_ensemble"), "applications", "stated"
    ),
    "detr_ap": Computed(lambda: vision.stated("object_detection_detr_resnet_50"), "applications", "stated"),
    "yolo_ap": Computed(lambda: vision.stated("object_detection_yolov10_x"), "applications", "stated"),
    "driven_miles": Computed(
        lambda: 1e6 * vision.stated("autonomous_driving_waymo_driver_rider_only_service"), "applications", "stated"
    ),
}

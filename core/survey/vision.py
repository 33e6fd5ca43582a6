"""Figures on the Vision page: networks from one table of weights, and numbers in the text of applications."""

from __future__ import annotations

import re

from core.facts.tables import Row, known, table
from core.survey.figure import Figures, computed
from core.survey.fits import spearman

V1 = "torchvision IMAGENET1K_V1"
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def work_rows(*kinds: str) -> list[Row]:
    """The networks with torchvision's first weights and their multiply-adds (`gflops` counts them in billions)."""
    rows = known(table("imagenet_top1"), "gflops", "top1_percent", "parameters")
    return [row for row in rows if row["weights_or_setting"] == V1 and row["kind"] in kinds]


def rank_with_accuracy(column: str) -> float:
    """Spearman's rank correlation of a column with the accuracy of the convolutional networks."""
    rows = work_rows("cnn")
    return spearman([row.number(column) for row in rows], [row.number("top1_percent") for row in rows])


def ratio(column: str, key: str, other: str) -> float:
    """How many times larger a network is than another."""
    rows = table("imagenet_top1")
    return rows[key].number(column) / rows[other].number(column)


def stated(key: str) -> float:
    """The first number of an application's published result. Raises KeyError if it names none."""
    found = NUMBER.search(str(table("applications")[key]["result_en"]))
    if found is None:
        raise KeyError(f"{key} states no number")
    return float(found[0])


FIGURES: Figures = (
    computed(
        "imagenet_top1",
        "vision_ranks",
        vision_rows=lambda: len(work_rows("cnn")),
        vision_work_rank=lambda: rank_with_accuracy("gflops"),
        vision_size_rank=lambda: rank_with_accuracy("parameters"),
    )
    | computed(
        "imagenet_top1",
        "vision_ratio",
        vit_times=lambda: ratio("parameters", "vit_l_16", "vit_b_16"),
        work_times=lambda: ratio("gflops", "vgg_19", "efficientnet_b0"),
    )
    | computed(
        "applications",
        "stated",
        recognition_error=lambda: stated("object_recognition_resnet_ensemble"),
        detr_ap=lambda: stated("object_detection_detr_resnet_50"),
        yolo_ap=lambda: stated("object_detection_yolov10_x"),
        driven_miles=lambda: 1e6 * stated("autonomous_driving_waymo_driver_rider_only_service"),
    )
)

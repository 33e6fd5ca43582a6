"""TrendLab's performance goals, one per row of the table, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Goal:
    """`group` names the module and function that measures it together with the others of the group."""

    name: str
    group: str
    what: str
    sense: Literal[">=", "<="]
    limit: float
    unit: str


GOALS = (
    Goal(
        "speed_float32", "speed_float32", "whole host against the best tutorial loop, batch 32, float32", ">=", 3.3, "x"
    ),
    Goal(
        "same_losses",
        "speed_float32",
        "largest relative difference of its loss curve from the tutorial's",
        "<=",
        1e-4,
        "",
    ),
    Goal("speed_bfloat16", "speed_bfloat16", "the same at batch 128, bfloat16 against float32", ">=", 4.8, "x"),
    Goal("bfloat16_accuracy", "bfloat16_accuracy", "accuracy lost by bfloat16, mean of 5 seeds", "<=", 1.0, "points"),
    Goal(
        "matrix_peak", "matrix_peak", "arithmetic of a slice, batch 128, against a core's matrix product", ">=", 78, "%"
    ),
    Goal(
        "training_share",
        "training_share",
        "workers' time by the clock inside slices, 30 runs at once on 2 workers",
        ">=",
        96,
        "%",
    ),
    Goal("first_point", "first_points", "Train pressed to first point drawn, warm, alone", "<=", 1.0, "s"),
    Goal("first_point_of_30", "first_points", "last first point of 30 that press together, 2 workers", "<=", 3.0, "s"),
    Goal("first_point_of_30_slow", "first_points_slow", "the same with 1 worker", "<=", 5.0, "s"),
    Goal("delay_1", "delays", "slice finished to point drawn, p95, 1 watcher", "<=", 150, "ms"),
    Goal("delay_100", "delays", "the same for 100 watchers while 2 workers train", "<=", 350, "ms"),
    Goal("watcher_cpu", "delays", "the app's CPU a watcher and event", "<=", 0.15, "ms"),
    Goal("snapshot_time", "snapshots", "a run's networks kept, share of its training, survey CNN", "<=", 3, "%"),
    Goal("snapshot_room", "snapshots", "the same in bytes: 50 epochs, most parameters and images", "<=", 32, "MB"),
    Goal("event_bytes", "event_bytes", "largest event, from step 100 to step 100,000", "<=", 1024, "bytes"),
    Goal(
        "rerun_60", "reruns", "a slider moved to its script's end, 60 pages open while training, p95", "<=", 150, "ms"
    ),
    Goal("memory_app", "reruns", "memory of the app with 60 pages open (RSS)", "<=", 250, "MB"),
    Goal("memory_worker", "reruns", "memory of a worker, the survey's network on digits (RSS)", "<=", 400, "MB"),
    Goal("compare_six", "looks", "a compare of six runs of 50 epochs opened to its script's end, p95", "<=", 500, "ms"),
    Goal("code_tab", "looks", "the code tab opened to its script's end, p95", "<=", 200, "ms"),
    Goal("grad_cam", "explanations", "the next picture pressed to its Grad-CAM drawn, p95", "<=", 500, "ms"),
    Goal(
        "integrated_gradients", "explanations", "the same for integrated gradients, 50 steps or more", "<=", 2000, "ms"
    ),
    Goal("drawing", "drawing", "stroke ended to ten probabilities shown, 30 runs training, p95", "<=", 250, "ms"),
    Goal("survey_page", "survey", "a page of the survey drawn after a click, warm, the slowest page", "<=", 1.2, "s"),
    Goal(
        "survey_slider",
        "survey",
        "a slider of the survey moved to its script's end, 60 readers on all its pages, p95",
        "<=",
        150,
        "ms",
    ),
    Goal("memory_survey", "survey", "memory of the app with these 60 readers (RSS)", "<=", 250, "MB"),
    Goal("scrub", "scrub", "an epoch chosen to its results on the screen, p95", "<=", 300, "ms"),
    Goal("activations", "activations", "all layers' results for another image drawn, p95", "<=", 500, "ms"),
    Goal("heavy_request", "heavy_request", "another run's first point delayed by a loss surface", "<=", 500, "ms"),
    Goal("first_visit", "first_visit", "what a newcomer's browser loads for Home", "<=", 3.0, "MB"),
    Goal("first_page", "first_start", "streamlit run to the end of the first page's script, new home", "<=", 3.0, "s"),
    Goal(
        "first_training", "first_start", "streamlit run to first point of a first training, new home", "<=", 10.0, "s"
    ),
)

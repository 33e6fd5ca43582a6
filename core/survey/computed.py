"""Figures that texts quote and nobody published: each is computed here from the facts, and nowhere typed.

`about` is the key below `computed` in the words that says how it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from core.facts.tables import Row, known, table
from core.survey import landmarks, language, outlook, vision
from core.survey.base_rates import published_chance
from core.survey.compute import PRICE_USD_PER_HOUR, published_flop_ratio
from core.survey.fits import spearman
from core.survey.layers import cnn_parameters
from core.survey.scale import flop_per_byte_of, gopher_split, gpt_3_days
from core.survey.vision import V1

APPROACH_3, REPLICATION = "chinchilla_parametric_loss_approach_3", "chinchilla_replication"


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


def _measured_in(stage: str) -> float:
    return float(sum(row["stage"] == stage for row in table("applications").values()))


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
    "flop_per_byte_p100": Computed(lambda: flop_per_byte_of("tesla_p100_sxm2"), "accelerators", "flop_per_byte"),
    "flop_per_byte_a100": Computed(lambda: flop_per_byte_of("a100_sxm_80_gb"), "accelerators", "flop_per_byte"),
    "flop_per_byte_h100": Computed(lambda: flop_per_byte_of("h100_sxm5"), "accelerators", "flop_per_byte"),
    "gpt_3_days": Computed(gpt_3_days, "accelerators", "gpt_3_days"),
    "h800_price_usd": Computed(lambda: PRICE_USD_PER_HOUR, "landmark_models", "h800_price"),
    "deepseek_6nd": Computed(lambda: published_flop_ratio("deepseek_v3"), "landmark_models", "flop_ratio"),
    "approach_3_n": Computed(lambda: gopher_split(APPROACH_3).parameters, "scaling_laws", "optimum"),
    "approach_3_d": Computed(lambda: gopher_split(APPROACH_3).tokens, "scaling_laws", "optimum"),
    "replication_n": Computed(lambda: gopher_split(REPLICATION).parameters, "scaling_laws", "optimum"),
    "replication_d": Computed(lambda: gopher_split(REPLICATION).tokens, "scaling_laws", "optimum"),
    "applications_rows": Computed(lambda: len(table("applications")), "applications", "applications_stages"),
    "applications_lab": Computed(lambda: _measured_in("lab"), "applications", "applications_stages"),
    "applications_service": Computed(lambda: _measured_in("service"), "applications", "applications_stages"),
    "ill_1_in_10": Computed(lambda: published_chance(0.1), "applications", "base_rate"),
    "ill_1_in_100": Computed(lambda: published_chance(0.01), "applications", "base_rate"),
    "cnn_parameters": Computed(cnn_parameters, "tools", "cnn_parameters"),
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

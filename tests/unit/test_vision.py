"""The figures of the Vision page."""

from __future__ import annotations

import pytest

from core.charts.vision import work_evidence
from core.content.words import Words
from core.survey.vision import V1, rank_with_accuracy, ratio, stated, work_rows


def test_the_chart_holds_one_table_of_weights_and_its_table_the_same_points() -> None:
    rows = work_rows("cnn")
    assert len(rows) == 27
    assert {row["weights_or_setting"] for row in rows} == {V1}
    for with_transformers, num in ((False, 27), (True, 33)):
        shown = work_evidence(Words("en"), "light", transformers=with_transformers)
        assert len(shown.rows) == sum(len(trace["x"]) for trace in shown.figure["data"]) == num


def test_work_orders_accuracy_better_than_size_does() -> None:
    assert rank_with_accuracy("gflops") == pytest.approx(0.62, abs=0.005)
    assert rank_with_accuracy("parameters") == pytest.approx(0.35, abs=0.005)
    assert ratio("gflops", "vgg_19", "efficientnet_b0") == pytest.approx(19.632 / 0.386)


def test_a_number_is_read_out_of_a_published_result() -> None:
    assert stated("object_detection_detr_resnet_50") == 42.0
    assert stated("object_recognition_resnet_ensemble") == 3.57
    with pytest.raises(KeyError):
        stated("no_such_application")

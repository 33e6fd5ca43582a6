"""Guessing membership: the AUC against another library, and the losses that a worker measures."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score

from core.charts.privacy import DATA_SETS, cost_evidence, losses_evidence
from core.config import RunConfig
from core.content.words import Words, languages
from core.datasets import open_prepared
from core.facts.tables import table
from core.interpret.questions import member_losses
from core.runs.worker import answer_question
from core.survey.membership import auc_by_loss, loss_edges, loss_shares
from core.training.batches import Batches
from core.training.checkpoint import restore
from core.training.slice import train_slice


@pytest.mark.parametrize("seed", range(4))
def test_the_auc_is_that_of_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    members, others = random.normal(0, 1, 200).round(1), random.normal(seed / 4, 1, 70).round(1)  # with many ties
    is_member = np.r_[np.ones(200), np.zeros(70)]
    assert auc_by_loss(members, others) == pytest.approx(roc_auc_score(is_member, -np.r_[members, others]), abs=1e-12)


@pytest.mark.parametrize(("members", "others", "auc"), [([1, 1], [2, 3], 1.0), ([2, 3], [1], 0.0), ([1], [1, 1], 0.5)])
def test_the_auc_of_plain_cases(members: list[float], others: list[float], auc: float) -> None:
    assert auc_by_loss(members, others) == auc


def test_every_image_is_in_a_bin() -> None:
    shares = loss_shares([0.0, 1e-9, 0.5, 2.3, 99.0, float(loss_edges()[-1])])
    assert shares.sum() == pytest.approx(100)
    assert shares[0] == pytest.approx(100 / 3)
    assert shares[-1] == pytest.approx(100 / 3)


def test_a_worker_measures_the_images_that_a_run_learns(shared_home: object) -> None:
    del shared_home
    config = RunConfig(model="mlp", learning_rate=0.01, train_share=0.05, label_noise=0.4, val_shift=3, epochs=2)
    checkpoint = train_slice(config, None, 3).checkpoint
    members, others = answer_question("member_losses", config.model_dump(), checkpoint, ())
    data = open_prepared(config.dataset)
    _, learnt = Batches(config, data).members(10**9)
    assert len(learnt) == config.num_used(data.num_train)
    assert len(members) == (learnt.numpy() == data.labels[: len(learnt)]).sum()  # without its wrong labels
    assert len(others) == data.num_validation
    model = restore(config, checkpoint).model.eval()
    images, labels = Batches(config.replaced(val_shift=0), data).validation(0, 10)
    with torch.inference_mode():
        expected = F.cross_entropy(model(images), labels, reduction="none").numpy()
    assert others[:10] == pytest.approx(expected, rel=1e-4)
    assert len(members) < len(learnt)


def test_the_losses_are_the_mean_cross_entropy_taken_apart() -> None:
    model, images, labels = torch.nn.Linear(4, 10), torch.randn(300, 4), torch.randint(10, (300,))
    losses = member_losses.image_losses(model, images, labels)
    assert losses.mean() == pytest.approx(F.cross_entropy(model(images), labels).item(), rel=1e-5)


@pytest.mark.parametrize("dataset", DATA_SETS)
@pytest.mark.parametrize("language", languages())
def test_a_chart_holds_one_data_set_and_a_line_one_paper(dataset: str, language: str) -> None:
    shown = cost_evidence(Words(language), "light", dataset=dataset)
    assert {row[Words(language)("privacy.table.dataset")] for row in shown.rows} == {dataset}
    drawn = sum(len(trace["x"]) for trace in shown.figure["data"]) + len(shown.figure["layout"]["shapes"])
    assert drawn == len(shown.rows)
    assert all(trace["x"] == sorted(trace["x"]) for trace in shown.figure["data"])


def test_a_picture_of_losses_tells_those_of_members_from_the_others() -> None:
    say = Words("en")
    shown = losses_evidence(say, "light", [1e-3, 1e-3, 5.0], [0.5, 0.5])
    for trace, column in zip(shown.figure["data"], ("training_percent", "validation_percent"), strict=True):
        assert trace["y"][:-1] == [row[say(f"privacy.losses.{column}")] for row in shown.rows]
    members, others = (trace["y"][:-1] for trace in shown.figure["data"])
    assert sorted(filter(None, members)) == pytest.approx([100 / 3, 200 / 3])
    assert sorted(filter(None, others)) == [100]


def test_every_method_says_what_it_does_not_show() -> None:
    rows = table("privacy_interpretability").values()
    for row in rows:
        assert all(row[column] for column in ("name_zh", "shows_en", "shows_zh", "hides_en", "hides_zh")), row["key"]
        assert (row["kind"] == "privacy") == (row["attack_or_defence"] in ("attack", "defence")), row["key"]

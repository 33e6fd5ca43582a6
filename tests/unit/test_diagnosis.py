"""Each rule finds its own trouble in a run that has it and none in a good run, and its retry helps.

Runs are trained here unless a test says that its numbers are made up; `tests/presets` trains more of them.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import get_args

import numpy as np
import pytest

from core import catalog
from core.config import RunConfig
from core.content.words import Words, languages
from core.diagnosis.numbers import RunNumbers, numbers_of
from core.diagnosis.remedy import Kind, remedy
from core.diagnosis.trouble import MEMORISED_SHARE, OVERFIT_GAP, RULES, Trouble, find_trouble
from core.report.findings import trouble_text
from core.runs.records import Curve, Intent
from core.runs.views import view_of
from tests.artificial import new_run, new_trajectory
from tests.trained import CASES, MLP, SOUND, beginnings, case, made_up, trained_numbers


def found(run: RunNumbers) -> Trouble:
    trouble = find_trouble(run)
    assert trouble is not None
    return trouble


@pytest.mark.parametrize("kind", CASES)
def test_each_trouble_is_found_in_its_run(kind: Kind) -> None:
    assert found(trained_numbers(case(kind))).kind == kind


def test_every_kind_has_a_rule_and_a_case() -> None:
    assert set(get_args(Kind)) == set(RULES) == set(CASES)


@pytest.mark.parametrize("config", SOUND, ids=["fast", "slow", "augmented", "shifted"])
def test_a_sound_run_has_no_trouble_during_and_after(config: RunConfig) -> None:
    run = trained_numbers(config)
    assert find_trouble(run) is None
    assert [find_trouble(begun) for begun in beginnings(run)] == [None] * (config.epochs - 1)


@pytest.mark.parametrize("kind", CASES)
def test_while_a_run_is_going_only_what_cannot_heal_is_told(kind: Kind) -> None:
    run = trained_numbers(case(kind))
    told = {trouble.kind for begun in beginnings(run) if (trouble := find_trouble(begun))}
    assert told == ({"collapsed"} if kind == "collapsed" else set())


def test_a_run_stopped_near_guessing_is_not_called_flat() -> None:
    *_, begun = beginnings(trained_numbers(CASES["flat"]))
    assert find_trouble(replace(begun, is_final=True)) is None


def test_the_evidence_is_what_was_measured() -> None:
    run = trained_numbers(CASES["collapsed"])
    evidence = found(run).evidence
    is_dead = [each.logit_spread == 0.0 for each in run.evaluations]
    since = run.evaluations[is_dead.index(True)]
    assert all(is_dead[since.epoch - 1 :])
    assert (evidence["epoch"], evidence["step"]) == (since.epoch, since.step)
    assert evidence["silent_units"] == run.evaluations[-1].silent_units > 0.5
    accuracies = [each.val_accuracy for each in run.evaluations]
    assert evidence["best_accuracy"] == max(accuracies)
    assert accuracies[int(evidence["best_epoch"]) - 1] == max(accuracies)


def test_the_evidence_of_a_swing_is_from_the_tenths_of_the_run() -> None:
    """Made up: it swings up by 0.6 twice in its second half; the rise before that does not count."""
    tenths = [2.3, 0.4, 0.9, 0.4, 0.3, 0.3, 0.9, 0.3, 0.9, 0.5]
    trouble = found(made_up(losses=np.repeat(tenths, 45).astype(np.float32)))
    assert trouble.kind == "oscillating"
    told = {"lowest_loss": 0.3, "swing": 1.2, "last_loss": 0.5}
    assert {name: trouble.evidence[name] for name in told} == pytest.approx(told)


def test_the_evidence_of_what_was_learnt_by_heart_is_in_shares_of_its_images() -> None:
    """Made up."""
    gap = found(made_up(train_accuracy=0.995, val_accuracy=0.9))
    assert (gap.kind, gap.evidence["gap_points"], gap.evidence["num_images"]) == ("overfitting", 9.5, 1437)
    wrong = found(made_up(MLP.replaced(label_noise=0.4), train_accuracy=0.9))
    assert (wrong.kind, wrong.evidence["right_share"]) == ("memorising", 0.6)


def test_the_step_of_a_divergence_is_that_of_its_loss() -> None:
    run = trained_numbers(CASES["diverged"])
    step = int(found(run).evidence["step"])
    assert not math.isfinite(run.losses[step - 1])
    assert found(run).evidence["highest_loss"] == run.losses[: step - 1].max()


def test_the_epoch_of_a_divergence_is_the_one_under_way() -> None:
    """Made up: 45 steps an epoch."""
    losses = np.full(91, np.nan, np.float32)
    epochs = [found(replace(made_up(losses=losses), diverged_step=step)).evidence["epoch"] for step in (1, 45, 46, 91)]
    assert epochs == [1, 1, 2, 3]


def test_a_last_update_that_broke_the_weights_is_a_divergence() -> None:
    """Made up: no step follows whose loss would show it."""
    run = made_up(val_loss=math.nan, val_accuracy=0.1, logit_spread=math.nan)
    assert found(run).kind == "diverged"
    assert found(run).evidence["step"] == len(run.losses)


def test_a_retry_of_one_epoch_is_worded_in_the_singular() -> None:
    """Made up: the first epoch was the best, so the retry ends with it."""
    trouble = found(made_up(MLP.replaced(label_noise=0.4), train_accuracy=0.9))
    assert [Words("en")(key, **facts) for key, facts in trouble.change_texts()] == ["1 epoch"]


def test_guessing_is_that_among_the_classes_of_the_data_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made up: two classes."""
    monkeypatch.setattr(catalog, "num_classes", lambda _dataset: 2)
    flat = {"train_loss": 0.693, "val_loss": 0.693, "val_accuracy": 0.5}
    runs = (
        made_up(**flat),
        made_up(**flat, logit_spread=0.0, silent_units=0.9),
        replace(made_up(), diverged_step=7),
    )
    for run, kind in zip(runs, ("flat", "collapsed", "diverged"), strict=True):
        assert found(run).kind == kind
        assert all("0.69" in trouble_text(Words(language), found(run)) for language in languages())
        assert not any("2.30" in trouble_text(Words(language), found(run)) for language in languages())


def test_a_signal_that_faded_is_told_at_the_end_and_blamed_on_what_fades_it() -> None:
    """Made up, as measured with a weight decay of 0.1: one answer for every image, but the units are alive."""
    run = made_up(MLP.replaced(weight_decay=0.1), logit_spread=1e-9, silent_units=0.2, train_loss=2.303, val_loss=2.303)
    assert find_trouble(replace(run, is_final=False)) is None
    assert (found(run).kind, found(run).cause, dict(found(run).changes)) == (
        "collapsed", "decay_large", {"weight_decay": 0.0}
    )  # fmt: skip
    slow = replace(run, config=MLP.replaced(learning_rate=1e-4))
    assert (found(slow).kind, found(slow).cause) == ("collapsed", "rate_small")


@pytest.mark.parametrize("silent_units", [0.15, 0.99])
@pytest.mark.parametrize("model", [name for name, spec in catalog.specs("models").items() if "depth" in spec["uses"]])
def test_a_deep_stack_without_normalisation_is_retried_with_fewer_layers(model: str, silent_units: float) -> None:
    """Made up, as measured with eight plain layers, whose signal fades, and twenty residual ones, whose units die."""
    run = made_up(MLP.replaced(model=model, depth=8), logit_spread=2e-4, silent_units=silent_units, val_loss=2.303)
    assert (found(run).cause, found(run).retry.depth < 8) == ("deep", True)


@pytest.mark.parametrize(
    ("train_share", "share", "expected"),
    [
        (1.0, MEMORISED_SHARE - 0.01, None),
        (1.0, MEMORISED_SHARE + 0.01, "memorising"),
        (0.1, 0.07, None),  # of 143 images by chance as many labels are right
        (0.1, 0.09, "memorising"),
    ],
)
def test_memorising_is_to_match_more_labels_than_are_right(
    train_share: float, share: float, expected: str | None
) -> None:
    """Made up: 60 % of the labels are right."""
    run = made_up(MLP.replaced(label_noise=0.4, train_share=train_share), train_accuracy=0.6 + share)
    trouble = find_trouble(run)
    assert (trouble and trouble.kind) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.79, None), (0.9, "memorising")])
def test_where_most_labels_are_the_other_class_that_is_a_rule(
    share: float, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made up: two classes, 80 % of the labels wrong."""
    monkeypatch.setattr("core.diagnosis.trouble.num_trained_on", lambda _: 1_437)
    run = made_up(MLP.replaced(dataset="own_2_0123456789ab", label_noise=0.8), train_accuracy=share, val_accuracy=0.0)
    trouble = find_trouble(run)
    assert (trouble and trouble.kind) == expected


def test_a_gap_of_averages_that_lag_is_not_overfitting() -> None:
    """Made up."""
    run = made_up(RunConfig(model="small_resnet"), train_accuracy=0.99, val_accuracy=0.6)
    assert found(run).kind == "overfitting"
    assert find_trouble(replace(run, losses=run.losses[:60])) is None
    assert found(replace(made_up(train_accuracy=0.99, val_accuracy=0.6), losses=run.losses[:60])).kind == "overfitting"


@pytest.mark.parametrize(("share", "expected"), [(-0.01, None), (0.01, "overfitting")])
def test_overfitting_is_a_lasting_gap(share: float, expected: str | None) -> None:
    """Made up."""
    run = made_up(train_accuracy=0.9 + OVERFIT_GAP + share)
    trouble = find_trouble(run)
    assert (trouble and trouble.kind) == expected
    swings = (*run.evaluations[:-2], replace(run.evaluations[-2], train_accuracy=0.9), run.evaluations[-1])
    assert find_trouble(replace(run, evaluations=swings)) is None


def test_a_gap_that_the_images_cannot_show_is_not_overfitting() -> None:
    """Made up: nine points lie within the interval of 30 images."""
    run = made_up(train_accuracy=0.9, val_accuracy=0.8)
    assert found(run).kind == "overfitting"
    assert find_trouble(replace(run, num_validation=30)) is None


def test_a_spike_at_the_very_beginning_is_no_swing() -> None:
    """Made up: the same course, measured after two epochs and after five."""
    course = np.concatenate([np.full(100, 0.3), np.full(100, 1.0)]).astype(np.float32)
    assert find_trouble(made_up(MLP.replaced(epochs=2), losses=course)) is None
    assert found(made_up(MLP.replaced(epochs=5), losses=course)).kind == "oscillating"
    assert find_trouble(made_up(MLP.replaced(epochs=5), losses=course[60:140])) is None  # too few to tell from noise


@pytest.mark.parametrize(
    ("kind", "config", "cause", "changes"),
    [
        ("collapsed", RunConfig(learning_rate=0.1), "rate_large", {"learning_rate": 0.01}),
        ("collapsed", RunConfig(learning_rate=0.01, momentum=0.99), "momentum_large", {"momentum": 0.9}),
        ("collapsed", RunConfig(learning_rate=0.01, optimizer="adam"), "rate_large", {"learning_rate": 0.001}),
        ("collapsed", RunConfig(learning_rate=0.1, optimizer="muon"), "rate_large", {"learning_rate": 0.001}),
        ("collapsed", RunConfig(learning_rate=0.01, batch_size=1), "rate_large", {"learning_rate": 0.003}),
        (
            "diverged",
            RunConfig(learning_rate=10.0, momentum=0.99, weight_decay=1.0),
            "rate_large",
            {"learning_rate": 0.01, "momentum": 0.9, "weight_decay": 0.0},
        ),
        ("flat", RunConfig(learning_rate=1e-4), "rate_small", {"learning_rate": 0.001}),
        ("flat", RunConfig(learning_rate=1e-5), "rate_small", {"learning_rate": 0.001}),
        ("flat", RunConfig(learning_rate=3e-4), "rate_small", {"learning_rate": 0.003}),
        ("flat", RunConfig(learning_rate=0.1), "rate_large", {"learning_rate": 0.01}),
        ("flat", RunConfig(learning_rate=0.01, batch_size=256), "few_steps", {"batch_size": 32}),
        ("flat", RunConfig(learning_rate=0.01, epochs=2), "few_steps", {"epochs": 50}),
        ("diverged", RunConfig(learning_rate=10.0, epochs=1), "rate_large", {"learning_rate": 0.01, "epochs": 10}),
        ("flat", RunConfig(learning_rate=0.005), "rate_small", {"learning_rate": 0.01}),
        ("flat", RunConfig(learning_rate=0.01, epochs=50), "few_steps", {"learning_rate": 0.03}),
        ("flat", RunConfig(label_noise=0.9), "noisy_labels", {"label_noise": 0.0}),
        ("oscillating", RunConfig(learning_rate=0.1), "rate_large", {"learning_rate": 0.03}),
        ("oscillating", RunConfig(learning_rate=1.0), "rate_large", {"learning_rate": 0.03}),
        ("oscillating", RunConfig(learning_rate=0.01), "rate_large", {"learning_rate": 0.003}),
        ("oscillating", RunConfig(learning_rate=0.01, momentum=0.99), "momentum_large", {"momentum": 0.9}),
        ("oscillating", RunConfig(learning_rate=2e-5), "rate_large", {"learning_rate": 1e-5}),
        ("memorising", RunConfig(label_noise=0.4, epochs=40), "wrong_labels", {"epochs": 1}),  # the first is the best
        ("overfitting", RunConfig(train_share=0.05, epochs=50), "few_images", {"train_share": 1.0, "epochs": 10}),
        ("overfitting", RunConfig(train_share=0.05, same_steps=True, epochs=50), "few_images", {"train_share": 1.0}),
        ("overfitting", RunConfig(epochs=20), "same_images", {"augment_shift": True, "epochs": 40}),
        ("overfitting", RunConfig(epochs=40), "same_images", {"augment_shift": True, "epochs": 50}),
        ("overfitting", RunConfig(augment_shift=True), "same_images", {"epochs": 1}),
        (
            "overfitting",
            RunConfig(train_share=0.05, learning_rate=0.1),
            "few_images",
            {"train_share": 1.0, "learning_rate": 0.03},
        ),
    ],
)
def test_the_remedy_is_one_that_was_measured(
    kind: Kind, config: RunConfig, cause: str, changes: dict[str, float]
) -> None:
    assert remedy(kind, made_up(config), faded=False) == (cause, changes)


def test_a_gap_whose_last_epoch_was_the_best_is_retried_with_half_as_many() -> None:
    """Made up."""
    run = made_up(MLP.replaced(augment_shift=True))
    rising = replace(run, evaluations=(*run.evaluations[:-1], replace(run.last, val_accuracy=0.91)))
    assert remedy("overfitting", rising, faded=False) == ("same_images", {"epochs": 5})


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_retry_changes_something_and_says_what(kind: Kind) -> None:
    """Made up: what was measured does not matter here."""
    tried = {
        "learning_rate": (1e-4, 0.01, 10.0), "momentum": (0.0, 0.99), "weight_decay": (0.0, 1.0),
        "optimizer": ("sgd", "adam"), "epochs": (3, 50), "batch_size": (1, 512), "label_noise": (0.1, 0.9),
        "train_share": (0.1, 1.0), "augment_shift": (False, True),
    }  # fmt: skip
    for values in product(*tried.values()):
        run = made_up(RunConfig(**dict(zip(tried, values, strict=True))))
        for faded in (False, True):
            _, changes = remedy(kind, run, faded)
            retry = run.config.replaced(**changes)
            assert changes
            assert retry.config_id != run.config.config_id
            assert changes == {field: getattr(retry, field) for field in changes}


@pytest.mark.parametrize("finding", ["diverged", "collapsed", None])
def test_only_a_divergence_has_a_step_of_divergence(finding: str | None) -> None:
    trajectory = new_trajectory(config=MLP, step=20, steps_per_epoch=45, finding=finding, finding_step=finding and 20)
    run = new_run(trajectory, allowed_step=450, target_step=450)
    view = view_of(run, "here", place=None, waiting=False, shared=1, slowdown=1.0)
    numbers = numbers_of(view, Curve(np.full(20, 2.3, np.float32), ()), 360)
    assert numbers.diverged_step == (20 if finding == "diverged" else None)
    assert numbers.is_final == (finding == "diverged")


def test_the_rate_of_a_retry_starts_from_the_one_last_set() -> None:
    trajectory = new_trajectory(
        config=MLP, changes=((45, "learning_rate", 0.3),), step=90, steps_per_epoch=45, finding="collapsed"
    )
    run = new_run(trajectory, intent=Intent.STOPPED, allowed_step=450, target_step=450)
    view = view_of(run, "here", place=None, waiting=False, shared=1, slowdown=1.0)
    collapsed = made_up(epochs=2, logit_spread=0.0, silent_units=0.9)
    numbers = numbers_of(view, Curve(collapsed.losses, collapsed.evaluations), 360)
    assert np.array_equal(numbers.losses, collapsed.losses)
    rest = {"config": MLP.replaced(learning_rate=0.3), "losses": None, "earlier_rates": (MLP.learning_rate,)}
    assert vars(numbers) | {"losses": None} == vars(collapsed) | rest
    assert found(numbers).changes == {"learning_rate": 0.01}


@pytest.mark.parametrize("silent_units", [0.2, 0.9])
def test_a_rate_that_was_lowered_after_a_collapse_is_not_blamed_for_it(silent_units: float) -> None:
    """Made up, as a lesson has it: 0.1 collapses, and 0.001 does not bring it back."""
    trajectory = new_trajectory(
        config=MLP.replaced(learning_rate=0.1), changes=((90, "learning_rate", 0.001),), step=450, steps_per_epoch=45
    )
    run = new_run(trajectory, allowed_step=450, target_step=450)
    view = view_of(run, "here", place=None, waiting=False, shared=1, slowdown=1.0)
    collapsed = made_up(logit_spread=0.0, silent_units=silent_units)
    numbers = numbers_of(view, Curve(collapsed.losses, collapsed.evaluations), 360)
    assert (found(numbers).cause, found(numbers).changes) == ("rate_large", {"learning_rate": 0.01})


def test_where_no_image_was_learnt_the_wrong_labels_are_too_many() -> None:
    """Made up, as measured with nine of ten labels wrong: the training labels are learnt, and nothing else."""
    run = made_up(MLP.replaced(label_noise=0.9), train_accuracy=0.2, val_accuracy=0.12)
    assert (found(run).kind, found(run).cause, found(run).changes) == ("memorising", "noisy_labels", {"label_noise": 0})


def test_most_labels_are_called_wrong_only_if_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made up: a fifth of 80 labels is wrong, and 20 validation images cannot show that anything was learnt."""
    monkeypatch.setattr("core.diagnosis.trouble.num_trained_on", lambda _: 80)
    config = RunConfig(dataset="own_2_0123456789ab", label_noise=0.2)
    run = replace(made_up(config, train_accuracy=1.0, val_accuracy=0.7), num_validation=20)
    assert (found(run).kind, found(run).cause, found(run).changes) == ("memorising", "wrong_labels", {"label_noise": 0})


def test_the_retry_on_all_images_of_a_rate_that_few_steps_bore_learns() -> None:
    few = trained_numbers(MLP.replaced(train_share=0.01, learning_rate=0.1, epochs=50))
    assert found(few).kind == "overfitting"
    assert found(few).retry.train_share == 1
    assert find_trouble(trained_numbers(found(few).retry)) is None


@pytest.mark.parametrize(("spread", "key"), [(0.0, "same"), (1e-9, "alike")])
def test_scores_without_any_difference_are_called_the_same(spread: float, key: str) -> None:
    """Made up."""
    assert found(made_up(logit_spread=spread, silent_units=0.9)).placeholders() == {
        "scores": (f"trouble.scores.{key}", {"logit_spread": spread}),
        "best": ("trouble.best.never", {"best_epoch": 1, "best_accuracy": 0.9}),
    }


@pytest.mark.parametrize("language", languages())
def test_no_epoch_after_a_collapse_is_called_the_best(language: str) -> None:
    """Made up: one answer for every image is right a little more often in the last epoch."""
    run = made_up(logit_spread=0.0, silent_units=0.9, val_accuracy=0.1)
    lucky = replace(run, evaluations=(*run.evaluations[:-1], replace(run.last, val_accuracy=0.123)))
    assert "12.3%" not in trouble_text(Words(language), found(lucky))
    sound = replace(run.evaluations[0], logit_spread=3.0, val_accuracy=0.717)
    fallen = replace(run, evaluations=(sound, *run.evaluations[1:]))
    assert "71.7%" in trouble_text(Words(language), found(fallen))


@pytest.mark.parametrize("stopped_at", [100, 450])
def test_a_collapse_is_seen_by_who_stopped_after_it(stopped_at: int) -> None:
    trajectory = new_trajectory(config=MLP, step=450, steps_per_epoch=45, finding="collapsed", finding_step=90)
    run = new_run(trajectory, intent=Intent.STOPPED, allowed_step=stopped_at, target_step=450)
    view = view_of(run, "here", place=None, waiting=False, shared=1, slowdown=1.0)
    assert (view.finding, view.finding_step) == ("collapsed", 90)
    before = view_of(replace(run, allowed_step=89), "here", place=None, waiting=False, shared=1, slowdown=1.0)
    assert (before.finding, before.finding_step) == (None, None)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", CASES)
def test_every_trouble_is_told_with_its_evidence(kind: Kind, language: str) -> None:
    say, trouble = Words(language), found(trained_numbers(case(kind)))
    changes = say("live.separator").join(say(key, **facts) for key, facts in trouble.change_texts())
    places = {place: say(key, **facts) for place, (key, facts) in trouble.placeholders().items()}
    told = [
        say(trouble.key("title")),
        say(trouble.key("text"), **trouble.evidence, **places),
        say(trouble.cause_key),
        say(trouble.key("retry"), changes=changes),
    ]
    assert changes in told[-1]
    assert not any("{" in text for text in told)

"""Each rule finds its own trouble in a run that has it, and none in a sound one; what is told is what was measured.

Runs are trained here unless a test says that its numbers are made up; `tests/presets` trains more of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, get_args

import numpy as np
import pytest

from core import catalog
from core.config import RunConfig
from core.content.words import Words, languages
from core.diagnosis.numbers import RunNumbers, numbers_of
from core.diagnosis.remedy import Kind, remedy
from core.diagnosis.shape import GUESSES, SHAPES, followed, guess_told, shape_key, shape_of, sketch
from core.diagnosis.story import compare, story
from core.diagnosis.trouble import MEMORISED_SHARE, OVERFIT_GAP, RULES, Trouble, find_trouble
from core.runs.records import Curve, Intent
from core.runs.views import view_of
from core.training import Evaluation
from tests.artificial import new_run, new_trajectory
from tests.trained import trained

MLP = RunConfig(model="mlp", learning_rate=0.01)
CASES: dict[Kind, RunConfig] = {
    "diverged": RunConfig(learning_rate=10.0, momentum=0.0),
    "collapsed": MLP.replaced(learning_rate=0.1),
    "flat": MLP.replaced(learning_rate=1e-5, epochs=3),
    "memorising": MLP.replaced(label_noise=0.4, epochs=40),
    "oscillating": MLP.replaced(learning_rate=0.1, seed=4),
    "overfitting": MLP.replaced(train_share=0.05, same_steps=True, epochs=5),
}
SOUND = [MLP, MLP.replaced(learning_rate=0.001), MLP.replaced(augment_shift=True), MLP.replaced(val_shift=3)]


def found(run: RunNumbers) -> Trouble:
    trouble = find_trouble(run)
    assert trouble is not None
    return trouble


def beginnings(run: RunNumbers) -> Iterator[RunNumbers]:
    """The run as it stood after each epoch but the last."""
    for known in range(1, len(run.evaluations)):
        evaluations = run.evaluations[:known]
        losses = run.losses[: evaluations[-1].step]
        yield replace(run, losses=losses, evaluations=evaluations, diverged_step=None, is_final=False)


def made_up(config: RunConfig = MLP, epochs: int | None = None, losses: Any = None, **measured: float) -> RunNumbers:
    """A run whose every epoch measured the same; no training gave these numbers."""
    plain = {
        "train_loss": 0.3, "train_accuracy": 0.9, "val_loss": 0.3, "val_accuracy": 0.9, "gradient_norm": 1.0,
        "logit_spread": 3.0, "silent_units": 0.1,
    }  # fmt: skip
    num_epochs = config.epochs if epochs is None else epochs
    known = tuple(Evaluation(epoch=e, step=45 * e, **(plain | measured)) for e in range(1, num_epochs + 1))
    course = np.full(45 * num_epochs, 0.3, np.float32) if losses is None else losses
    return RunNumbers(config, course, known, steps_per_epoch=45, num_validation=360, is_final=True)


@pytest.mark.parametrize("kind", CASES)
def test_each_trouble_is_found_in_its_run(kind: Kind) -> None:
    assert found(trained(CASES[kind])).kind == kind


def test_every_kind_has_a_rule_and_a_case() -> None:
    assert set(get_args(Kind)) == set(RULES) == set(CASES)


@pytest.mark.parametrize("config", SOUND, ids=["fast", "slow", "augmented", "shifted"])
def test_a_sound_run_has_no_trouble_during_and_after(config: RunConfig) -> None:
    run = trained(config)
    assert find_trouble(run) is None
    assert [find_trouble(begun) for begun in beginnings(run)] == [None] * (config.epochs - 1)


@pytest.mark.parametrize("kind", CASES)
def test_while_a_run_is_going_only_what_cannot_heal_is_told(kind: Kind) -> None:
    run = trained(CASES[kind])
    told = {trouble.kind for begun in beginnings(run) if (trouble := find_trouble(begun))}
    assert told == ({"collapsed"} if kind == "collapsed" else set())


def test_a_run_stopped_near_guessing_is_not_called_flat() -> None:
    *_, begun = beginnings(trained(CASES["flat"]))
    assert find_trouble(replace(begun, is_final=True)) is None


def test_the_evidence_is_what_was_measured() -> None:
    run = trained(CASES["collapsed"])
    evidence = found(run).evidence
    is_dead = [each.logit_spread == 0.0 for each in run.evaluations]
    since = run.evaluations[is_dead.index(True)]
    assert all(is_dead[since.epoch - 1 :])
    assert (evidence["epoch"], evidence["step"]) == (since.epoch, since.step)
    assert evidence["silent_units"] == run.evaluations[-1].silent_units > 0.5
    accuracies = [each.val_accuracy for each in run.evaluations]
    assert evidence["best_accuracy"] == max(accuracies)
    assert accuracies[int(evidence["best_epoch"]) - 1] == max(accuracies)


def test_the_step_of_a_divergence_is_that_of_its_loss() -> None:
    run = trained(CASES["diverged"])
    step = int(found(run).evidence["step"])
    assert not math.isfinite(run.losses[step - 1])
    assert found(run).evidence["highest_loss"] == run.losses[: step - 1].max()


def test_a_last_update_that_broke_the_weights_is_a_divergence() -> None:
    """Made up: no step follows whose loss would show it."""
    run = made_up(val_loss=math.nan, val_accuracy=0.1, logit_spread=math.nan)
    assert found(run).kind == "diverged"
    assert found(run).evidence["step"] == len(run.losses)


def test_a_signal_that_faded_is_told_at_the_end_and_blamed_on_what_fades_it() -> None:
    """Made up, as measured with a weight decay of 0.1: one answer for every image, but the units are alive."""
    run = made_up(MLP.replaced(weight_decay=0.1), logit_spread=1e-9, silent_units=0.2, train_loss=2.303, val_loss=2.303)
    assert find_trouble(replace(run, is_final=False)) is None
    assert (found(run).kind, found(run).cause, dict(found(run).changes)) == (
        "collapsed", "decay_large", {"weight_decay": 0.0}
    )  # fmt: skip


@pytest.mark.parametrize("model", [name for name, spec in catalog.specs("models").items() if "depth" in spec["uses"]])
def test_a_deep_stack_that_lets_nothing_through_is_retried_with_fewer_layers(model: str) -> None:
    """Made up, as measured with eight plain layers."""
    run = made_up(MLP.replaced(model=model, depth=8), logit_spread=2e-4, silent_units=0.15, val_loss=2.303)
    assert (found(run).cause, found(run).retry.depth < 8) == ("deep", True)


@pytest.mark.parametrize(("share", "expected"), [(-0.01, None), (0.01, "memorising")])
def test_memorising_is_to_match_more_labels_than_are_right(share: float, expected: str | None) -> None:
    """Made up: 60 % of the labels are right."""
    run = made_up(MLP.replaced(label_noise=0.4), train_accuracy=0.6 + MEMORISED_SHARE + share)
    trouble = find_trouble(run)
    assert (trouble and trouble.kind) == expected


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


def test_the_rate_of_a_retry_starts_from_the_one_last_set() -> None:
    trajectory = new_trajectory(
        config=MLP, changes=((45, "learning_rate", 0.3),), step=90, steps_per_epoch=45, finding="collapsed"
    )
    run = new_run(trajectory, intent=Intent.STOPPED, allowed_step=450, target_step=450)
    view = view_of(run, "here", place=None, waiting=False, shared=1, slowdown=1.0)
    collapsed = made_up(epochs=2, logit_spread=0.0, silent_units=0.9)
    numbers = numbers_of(view, Curve(collapsed.losses, collapsed.evaluations), 360)
    assert numbers == replace(collapsed, config=MLP.replaced(learning_rate=0.3), losses=numbers.losses)
    assert found(numbers).changes == {"learning_rate": 0.01}


@pytest.mark.parametrize("guess", GUESSES)
def test_a_sketch_follows_its_own_shape(guess: Any) -> None:
    x, y = sketch(guess)
    assert followed(y.astype(np.float32)) == guess
    assert (x[0], x[-1]) == (0.0, 1.0)
    assert y[0] == pytest.approx(math.log(10))
    assert len(x) == len(y) == 40
    assert np.isfinite(y).all()
    assert (y > 0).all()


@pytest.mark.parametrize(
    ("config", "shape"),
    [
        (MLP, "falls_at_once"),
        (MLP.replaced(learning_rate=2e-4), "flat_then_falls"),
        (CASES["collapsed"], "falls_then_rises"),
        (CASES["oscillating"], "falls_then_rises"),
        (CASES["memorising"], "falls_at_once"),
        (CASES["diverged"], "explodes"),
        (CASES["flat"], "stays_flat"),
    ],
)
def test_the_shape_of_a_measured_curve(config: RunConfig, shape: str) -> None:
    assert shape_of(trained(config)) == shape


def test_a_spike_does_not_make_an_explosion_of_what_had_learnt() -> None:
    """Made up: a run at 0.1 that learnt had a single loss above 1,000 before it collapsed."""
    losses = np.concatenate([np.linspace(2.3, 0.5, 200), [1_000.0], np.full(249, 2.31)]).astype(np.float32)
    assert followed(losses) == "falls_then_rises"
    never_learnt = np.concatenate([np.full(10, 2.3), [1_000.0], np.full(439, 2.4)]).astype(np.float32)
    assert followed(never_learnt) == "explodes"


def test_a_run_that_did_not_reach_its_end_has_no_shape_yet() -> None:
    assert {shape_of(begun) for begun in beginnings(trained(MLP))} == {None}


@pytest.mark.parametrize("language", languages())
def test_every_guess_is_answered_in_words(language: str) -> None:
    say = Words(language)
    for guess, outcome, has_collapsed in product(GUESSES, SHAPES, (False, True)):
        key, places = guess_told(guess, outcome, has_collapsed)
        parts = {name: say(part) for name, part in places.items()}
        told = say(key, **parts)
        assert key == ("guess.right" if guess == outcome else "guess.wrong")
        assert all(part in told for part in parts.values())
    assert all(say(shape_key(shape, "means")) for shape in SHAPES)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", CASES)
def test_every_trouble_is_told_with_its_evidence(kind: Kind, language: str) -> None:
    say, trouble = Words(language), found(trained(CASES[kind]))
    changes = say("live.separator").join(say(key, **facts) for key, facts in trouble.changes_told())
    told = [
        say(trouble.key("title")),
        say(trouble.key("text"), **trouble.evidence),
        say(trouble.cause_key),
        say(trouble.key("retry"), changes=changes),
    ]
    assert changes in told[-1]
    assert not any("{" in text for text in told)


@pytest.mark.parametrize("language", languages())
def test_every_story_is_told(language: str) -> None:
    whole = [trained(config) for config in [*SOUND, *CASES.values()]]
    begun = [each for run in whole for each in beginnings(run)]
    stopped = [replace(each, is_final=True) for each in begun]
    nothing = replace(whole[0], losses=whole[0].losses[:0], evaluations=(), is_final=False)
    for run in [*whole, *begun, *stopped, nothing]:
        sentences = [Words(language)(key, **facts) for key, facts in story(run)]
        assert len(sentences) >= 3
        assert not any("{" in sentence or "nan" in sentence for sentence in sentences)


def test_the_story_holds_the_runs_own_numbers() -> None:
    run = trained(MLP)
    (loss, went), (accuracy, reached), _ = story(run)
    assert (loss, accuracy) == ("story.loss.fell", "story.accuracy.above")
    assert went["first"] == run.losses[0]
    assert went["last"] == pytest.approx(float(run.losses[-8:].mean()), rel=0.2)
    assert reached["accuracy"] == run.evaluations[-1].val_accuracy
    smooth = np.convolve(run.losses, np.ones(8) / 8, "valid")
    left = np.flatnonzero(smooth < 0.9 * math.log(10))[0] / 45
    assert went["left_epoch"] == pytest.approx(left, abs=0.2)


@pytest.mark.parametrize(
    ("changed", "measured", "ending"),
    [
        ({}, {"train_accuracy": 0.97, "val_accuracy": 0.96}, "closed"),
        ({}, {"train_accuracy": 0.99, "val_accuracy": 0.95}, "open"),
        ({}, {"train_accuracy": 0.80, "val_accuracy": 0.90}, "behind"),
        ({"val_shift": 3}, {"train_accuracy": 0.99, "val_accuracy": 0.5}, "shifted"),
        ({"label_noise": 0.4}, {"train_accuracy": 0.55, "val_accuracy": 0.9}, "noisy"),
    ],
)
def test_the_ending_claims_no_more_than_the_interval(
    changed: dict[str, Any], measured: dict[str, float], ending: str
) -> None:
    """Made up."""
    key, facts = story(made_up(MLP.replaced(**changed), **measured))[2]
    assert key == f"story.end.{ending}"
    assert facts["points"] == pytest.approx(100 * abs(measured["train_accuracy"] - measured["val_accuracy"]))
    assert facts["low_points"] <= facts["points"] <= facts["high_points"]


def test_unusual_settings_are_told() -> None:
    """Made up."""
    config = MLP.replaced(val_shift=3, label_noise=0.2, train_share=0.5, augment_crop=True)
    notes = dict(story(made_up(config))[3:])
    assert notes == {
        "story.note.val_shift": {"pixels": 3},
        "story.note.label_noise": {"share": 0.2},
        "story.note.train_share": {"share": 0.5, "num_images": 718},
        "story.note.augmented": {},
    }
    assert len(story(made_up())) == 3


@pytest.mark.parametrize("language", languages())
def test_runs_are_ranked_only_beyond_the_interval(language: str) -> None:
    """Made up."""
    high, low = made_up(val_accuracy=0.97), made_up(val_accuracy=0.90)
    other, unmeasured = made_up(MLP.replaced(val_shift=3)), made_up(epochs=0)
    expected = {
        "compare.a_ahead": (high, low),
        "compare.b_ahead": (low, high),
        "compare.alike": (high, made_up(val_accuracy=0.96)),
        "compare.different_images": (high, other),
        "compare.unmeasured": (high, unmeasured),
    }
    for key, (a, b) in expected.items():
        found_key, facts = compare(a, b)
        assert found_key == key
        told = Words(language)(key, a="first run", b="second run", **facts)
        assert "first run" in told
        assert "second run" in told
    assert compare(low, high)[1]["points"] == pytest.approx(7.0)

"""The shape of a curve, the answer to a guess, the story and the comparison follow from the run's own numbers.

Runs are trained here unless a test says that its numbers are made up.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from core import catalog
from core.content.words import Words, languages
from core.diagnosis.interval import difference
from core.diagnosis.numbers import RunNumbers
from core.diagnosis.remedy import Kind
from core.diagnosis.shape import GUESSES, SHAPES, followed, guess_key, shape_key, shape_of, sketch
from core.diagnosis.story import compare, story
from core.diagnosis.trouble import Trouble, find_trouble
from core.report.findings import guess_text
from core.training.batches import noisy_labels
from tests.trained import CASES, MLP, SOUND, beginnings, case, made_up, trained_numbers


@pytest.mark.parametrize("guess", GUESSES)
def test_a_sketch_follows_its_own_shape(guess: Any) -> None:
    x, y = sketch(guess)
    assert followed(y.astype(np.float32), math.log(10)) == guess
    assert (x[0], x[-1]) == (0.0, 1.0)
    assert y[0] == pytest.approx(math.log(10))
    assert len(x) == len(y) == 40
    assert np.isfinite(y).all()
    assert (y > 0).all()


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("collapsed", "falls_then_rises"),
        ("oscillating", "falls_then_rises"),
        ("memorising", "falls_at_once"),
        ("diverged", "explodes"),
        ("flat", "stays_flat"),
    ],
)
def test_the_shape_of_a_curve_in_trouble(kind: Kind, shape: str) -> None:
    assert shape_of(trained_numbers(case(kind))) == shape


def test_the_shape_of_a_sound_curve() -> None:
    assert shape_of(trained_numbers(MLP)) == "falls_at_once"
    assert shape_of(trained_numbers(MLP.replaced(learning_rate=2e-4))) == "flat_then_falls"


def test_a_spike_does_not_make_an_explosion_of_what_had_learnt() -> None:
    """Made up: a run at 0.1 that learnt had a single loss above 1,000 before it collapsed."""
    losses = np.concatenate([np.linspace(2.3, 0.5, 200), [1_000.0], np.full(249, 2.31)]).astype(np.float32)
    assert followed(losses, math.log(10)) == "falls_then_rises"
    never_learnt = np.concatenate([np.full(10, 2.3), [1_000.0], np.full(439, 2.4)]).astype(np.float32)
    assert followed(never_learnt, math.log(10)) == "explodes"
    jumped = np.where(never_learnt > 100, 7.0, never_learnt)  # as high as the losses of runs that only collapsed
    assert followed(jumped, math.log(10)) == "stays_flat"


@pytest.mark.parametrize(
    ("course", "shape"),
    [
        ([2.3] * 45 + [0.3] * 405, "falls_at_once"),  # near guessing for a tenth of the run
        ([2.3] * 90 + [0.3] * 360, "flat_then_falls"),
        ([0.3] * 350 + [1.1] * 100, "falls_at_once"),  # back to 40 % of the way
        ([0.3] * 350 + [1.5] * 100, "falls_then_rises"),
        ([2.3] * 225 + [2.17] * 225, "stays_flat"),  # 6 % below guessing
        ([2.3] * 225 + [1.98] * 225, "flat_then_falls"),
    ],
)
def test_a_shape_is_what_can_be_seen(course: list[float], shape: str) -> None:
    """Made up."""
    assert followed(np.array(course, np.float32), math.log(10)) == shape


def test_a_few_steps_that_only_fall_do_not_rise() -> None:
    """Measured on ten images of two classes."""
    losses = np.array([2.28, 2.18, 2.01, 1.77, 1.42, 0.98, 0.61, 0.43, 0.30, 0.22], np.float32)
    assert followed(losses, math.log(2)) == "flat_then_falls"
    assert followed(losses[:6], math.log(10)) == "flat_then_falls"


def test_a_loss_that_came_down_to_guessing_among_few_classes_did_not_stay_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made up: two classes. Networks have ten outputs for them, so the loss begins at that of ten."""
    monkeypatch.setattr(catalog, "num_classes", lambda _dataset: 2)
    run = made_up(losses=np.linspace(2.3, 0.68, 450, dtype=np.float32))
    assert shape_of(run) is None
    assert story(run)[0][0] == "story.loss.reached"
    flat = made_up(losses=np.linspace(2.3, 2.2, 450, dtype=np.float32))
    assert (shape_of(flat), story(flat)[0][0]) == ("stays_flat", "story.loss.above")
    assert story(made_up(losses=np.linspace(2.3, 0.8, 450, dtype=np.float32)))[0][0] == "story.loss.above"


def answer_names_the_cause(language: str, run: RunNumbers) -> tuple[Trouble, bool]:
    """The answer to the guess that the loss falls at once names the trouble's cause; returns that trouble, and whether
    the guess was right."""
    say, trouble = Words(language), find_trouble(run)
    assert trouble is not None
    answer = guess_text(say, "falls_at_once", run, trouble)
    assert answer is not None
    assert say(trouble.cause_key) in answer[0]
    return trouble, answer[1]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("rate", [1e-4, 0.1])
def test_a_guess_and_a_trouble_name_one_cause(rate: float, language: str) -> None:
    """Made up: both rates end at the loss of guessing, the one as too small and the other as too large."""
    flat = {"train_loss": 2.303, "val_loss": 2.303, "val_accuracy": 0.1}
    run = made_up(MLP.replaced(learning_rate=rate), losses=np.full(450, 2.303, np.float32), **flat)
    answer_names_the_cause(language, run)


@pytest.mark.parametrize("language", languages())
def test_a_guess_about_a_signal_that_faded_is_not_told_of_a_collapse(language: str) -> None:
    """Made up, as measured with eight plain layers: units are alive, and such a network may still begin to learn."""
    faded = {"train_loss": 2.303, "val_loss": 2.303, "val_accuracy": 0.1, "logit_spread": 7e-4, "silent_units": 0.13}
    run = made_up(MLP.replaced(model="plain", depth=8), losses=np.full(450, 2.303, np.float32), **faded)
    trouble, _ = answer_names_the_cause(language, run)
    assert (trouble.kind, trouble.cause) == ("collapsed", "deep")


@pytest.mark.parametrize("language", languages())
def test_a_guess_about_a_loss_that_swings_does_not_praise_its_steps(language: str) -> None:
    """Made up: the loss fell at once and swings."""
    course = np.concatenate([np.full(30, 2.3), np.full(260, 0.3), np.full(60, 0.9), np.full(100, 0.3)])
    run = made_up(MLP.replaced(learning_rate=0.1), losses=course.astype(np.float32))
    trouble, is_right = answer_names_the_cause(language, run)
    assert trouble.kind == "oscillating"
    assert is_right


@pytest.mark.parametrize("num_high", [20, 150])
def test_a_loss_that_jumped_before_it_fell_was_neither_flat_nor_low(num_high: int) -> None:
    """Made up, as measured with RMSprop at 0.1: from 75,000 down to 2."""
    course = np.concatenate([np.geomspace(75_000, 5, num_high), np.full(450 - num_high, 1.7)]).astype(np.float32)
    assert shape_of(made_up(MLP, losses=course)) is None


def test_a_run_that_did_not_reach_its_end_has_no_shape_yet() -> None:
    assert {shape_of(begun) for begun in beginnings(trained_numbers(MLP))} == {None}


@pytest.mark.parametrize("language", languages())
def test_every_guess_is_answered_in_words(language: str) -> None:
    say = Words(language)
    for guess, outcome, has_collapsed in product(GUESSES, SHAPES, (False, True)):
        key, places = guess_key(guess, outcome, has_collapsed)
        parts = {name: say(part) for name, part in places.items()}
        told = say(key, **parts)
        assert key == ("guess.right" if guess == outcome else "guess.wrong")
        assert (places["because"] == "guess.because.stays_collapsed") == (outcome == "stays_flat" and has_collapsed)
        assert all(part in told for part in parts.values())
    assert all(say(shape_key(shape, "means")) for shape in SHAPES)


@pytest.mark.parametrize("language", languages())
def test_every_story_is_told(language: str) -> None:
    whole = [trained_numbers(config) for config in [*SOUND, *map(case, CASES)]]
    begun = [each for run in whole for each in beginnings(run)]
    stopped = [replace(each, is_final=True) for each in begun]
    nothing = replace(whole[0], losses=whole[0].losses[:0], evaluations=(), is_final=False)
    for run in [*whole, *begun, *stopped, nothing]:
        sentences = [Words(language)(key, **facts) for key, facts in story(run)]
        assert len(sentences) >= 3
        assert not any("{" in sentence or "nan" in sentence for sentence in sentences)


def test_the_story_holds_the_runs_own_numbers() -> None:
    run = trained_numbers(MLP)
    (loss, went), (accuracy, reached), *_ = story(run)
    assert (loss, accuracy) == ("story.loss.fell", "story.accuracy.above")
    assert went["first"] == run.losses[0]
    assert went["last"] == pytest.approx(float(run.losses[-8:].mean()), rel=0.2)
    assert reached["accuracy"] == run.evaluations[-1].val_accuracy


def test_the_story_tells_when_the_loss_left_guessing() -> None:
    run = trained_numbers(MLP.replaced(learning_rate=2e-4))
    (_, went), *_ = story(run)
    smooth = np.convolve(run.losses, np.ones(8) / 8, "valid")
    left = np.flatnonzero(smooth < 0.9 * math.log(10))[0] / 45
    assert went["left_epoch"] == pytest.approx(left, abs=0.3)
    assert left > 2


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("course", "diverged_step", "key", "told"),
    [
        ([2.3] * 90 + [0.5] * 180 + [0.2] * 15 + [2.2] * 165, None, "returned", {"lowest": 0.2, "lowest_epoch": 6.2}),
        ([2.3] * 10 + [400.0] + [2.4] * 439, None, "exploded", {"first": 2.3, "highest": 400, "last": 2.4}),
        ([2.3, 40.0, 7.0] + [math.nan] * 3, 4, "diverged", {"first": 2.3, "highest": 40.0, "step": 4}),
    ],
)
def test_the_story_of_a_loss_that_rose_tells_how_far(
    course: list[float], diverged_step: int | None, key: str, told: dict[str, float], language: str
) -> None:
    """Made up: 45 steps an epoch."""
    run = replace(made_up(losses=np.array(course, np.float32)), diverged_step=diverged_step)
    found, facts = story(run)[0]
    assert found == f"story.loss.{key}"
    assert {name: facts[name] for name in told} == pytest.approx(told, abs=0.1)
    assert f"{told.get('lowest', told.get('highest')):g}" in Words(language)(found, **facts)


def test_no_loss_leaves_guessing_before_training_begins() -> None:
    """Made up: it fell in the first steps, as with Adam."""
    key, facts = story(made_up(losses=np.concatenate([np.full(3, 2.3), np.full(447, 0.3)]).astype(np.float32)))[0]
    assert "at about epoch 0.1" in Words("en")(key, **facts)


@pytest.mark.parametrize(
    ("changed", "measured", "ending"),
    [
        ({}, {"train_accuracy": 0.97, "val_accuracy": 0.96}, "closed_above"),
        ({}, {"train_accuracy": 0.95, "val_accuracy": 0.96}, "closed_below"),
        ({}, {"train_accuracy": 0.96, "val_accuracy": 0.96}, "closed_equal"),
        ({}, {"train_accuracy": 0.99, "val_accuracy": 0.95}, "open"),
        ({}, {"train_accuracy": 0.80, "val_accuracy": 0.90}, "behind"),
        ({"val_shift": 3}, {"train_accuracy": 0.99, "val_accuracy": 0.5}, "shifted"),
        ({"label_noise": 0.4}, {"train_accuracy": 0.55, "val_accuracy": 0.9}, "noisy"),
        ({"model": "small_resnet", "epochs": 2}, {"train_accuracy": 0.99, "val_accuracy": 0.95}, "lagging"),
        ({"model": "small_resnet", "epochs": 3}, {"train_accuracy": 0.99, "val_accuracy": 0.95}, "open"),
        ({"epochs": 2}, {"train_accuracy": 0.99, "val_accuracy": 0.95}, "open"),
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


@pytest.mark.parametrize(
    ("trained_share", "unseen", "key", "points"),
    [
        (0.97249, 0.97251, "closed_below", 0.1),  # 97.2 % and 97.3 %
        (0.97251, 0.97349, "closed_equal", 0.0),  # 97.3 % both
        (0.99249, 0.95251, "open", 3.9),  # 99.2 % and 95.3 %
        (0.8125, 0.78125, "closed_above", 3.2),  # 81.25 % is told as 81.3 %
    ],
)
def test_a_difference_is_that_of_the_shares_beside_it(
    trained_share: float, unseen: float, key: str, points: float
) -> None:
    """Made up."""
    found, facts = story(made_up(train_accuracy=trained_share, val_accuracy=unseen))[2]
    assert (found, facts["points"]) == (f"story.end.{key}", points)
    other = made_up(val_accuracy=trained_share), made_up(val_accuracy=unseen)
    assert compare(*other)[1]["points"] == points


@pytest.mark.parametrize(("accuracy", "key"), [(0.12, "chance"), (0.15, "above")])
def test_an_accuracy_is_above_guessing_only_beyond_its_interval(accuracy: float, key: str) -> None:
    """Made up: among 360 images, of ten classes."""
    found, facts = story(made_up(val_accuracy=accuracy))[1]
    assert found == f"story.accuracy.{key}"
    assert (facts["low"] > facts["chance"]) == (key == "above")


def test_an_epoch_of_which_a_step_is_missing_is_not_done() -> None:
    """Made up: 45 steps an epoch."""
    run = made_up(losses=np.full(449, 0.3, np.float32), epochs=9)
    key, facts = story(run)[2]
    assert (key, facts["done"]) == ("story.end.early", 9.9)


def test_what_ended_with_its_first_epoch_has_done_one() -> None:
    """Made up: 45 steps an epoch."""
    (loss, _), _, (ending, facts) = story(made_up(epochs=1))
    assert (loss, ending, facts["done"]) == ("story.loss.fell", "story.end.early", 1.0)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("steps", [1, 3, 44])
def test_what_ended_before_its_first_epoch_counts_its_steps(language: str, steps: int) -> None:
    """Made up: 45 steps an epoch."""
    run = replace(made_up(losses=np.linspace(2.3, 1.5, steps, dtype=np.float32)), evaluations=())
    told = [(key, Words(language)(key, **facts)) for key, facts in story(run)]
    assert [key for key, _ in told] == ["story.loss.begun", "story.accuracy.none", "story.end.early_first"]
    assert str(steps) in told[0][1]


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
    changed = replace(made_up(), earlier_rates=(0.1, 0.03))
    assert dict(story(changed)[3:]) == {"story.note.rate": {"first": 0.1, "last": MLP.learning_rate}}


@pytest.mark.parametrize(("language", "about"), [("en", "bout 20%"), ("zh", "约20%")])
def test_a_share_of_labels_drawn_one_by_one_is_told_as_about(language: str, about: str) -> None:
    config = MLP.replaced(label_noise=0.2)
    labels = np.arange(1437) % 10
    assert round(float((noisy_labels(labels, 1437, config) != labels).mean()), 3) == 0.177
    (_, facts) = story(made_up(config))[3]
    assert about in Words(language)("story.note.label_noise", **facts)


def test_a_training_accuracy_far_below_is_explained_once() -> None:
    """Made up: the first epoch's is a mean over an epoch that began with guessing."""
    run = made_up(train_accuracy=0.97, val_accuracy=0.96)
    first = replace(run.evaluations[0], train_accuracy=0.17, val_accuracy=0.7)
    late = replace(run, evaluations=(first, *run.evaluations[1:]))
    assert dict(story(late)[3:]) == {"story.note.behind": {"epoch": 1, "train_accuracy": 0.17, "val_accuracy": 0.7}}
    less = replace(first, train_accuracy=0.66)  # within the interval of 360 images
    assert len(story(replace(run, evaluations=(less, *run.evaluations[1:])))) == 3
    near = {"epoch": 2, "train_accuracy": 0.976, "val_accuracy": 0.983}  # beyond the interval of 10,000 images
    assert "97.6%" in Words("en")("story.note.behind", **near)
    assert len(story(replace(late, config=MLP.replaced(label_noise=0.2)))) == 4  # with the note on the labels
    assert dict(story(replace(late, config=MLP.replaced(augment_flip=True)))[3:]) == {"story.note.augmented": {}}
    assert len(story(made_up(train_accuracy=0.80, val_accuracy=0.90))) == 3  # the ending tells it


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
    for unlike in (made_up(MLP.replaced(dataset="shapes")), replace(low, num_validation=72)):
        assert compare(high, unlike)[0] == "compare.different_images"
    for key, (a, b) in expected.items():
        found_key, facts = compare(a, b)
        assert found_key == key
        told = Words(language)(key, a="first run", b="second run", **facts)
        assert "first run" in told
        assert "second run" in told
    facts = compare(low, high)[1]
    told_points = [facts[name] for name in ("low_points", "points", "high_points")]
    low_share, high_share = difference(0.97, 360, 0.90, 360)
    assert told_points == pytest.approx([100 * low_share, 7.0, 100 * high_share])

"""The effect of the settings on the learning rate, the images and the labels."""

from collections import Counter

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, MultiStepLR

from core.config import RunConfig
from core.datasets import open_prepared
from core.models import build_model
from core.optimizers import build_optimizer
from core.training import train_slice
from core.training.augment import augmented
from core.training.batches import Batches, as_floats, noisy_labels
from core.training.schedule import learning_rate_at
from tests.parts import train_in_slices

SMALL = RunConfig(model="mlp", batch_size=64, epochs=3, learning_rate=0.01)  # 23 steps an epoch
ALL_STEPS = 10**9
TOTAL = 69


def batches(**settings: object) -> Batches:
    return Batches(SMALL.replaced(**settings), open_prepared("digits"))


def epoch_of(seen: Batches, epoch: int = 0) -> Counter[tuple[bytes, int]]:
    """How often each image came with each label."""
    steps = range(epoch * seen.steps_per_epoch, (epoch + 1) * seen.steps_per_epoch)
    pairs = [pair for step in steps for pair in zip(*seen.training(step), strict=True)]
    return Counter((image.contiguous().numpy().tobytes(), int(label)) for image, label in pairs)


# The learning rate


def torchs_schedule(name: str, optimizer: torch.optim.Optimizer) -> LRScheduler:
    if name == "cosine":
        return CosineAnnealingLR(optimizer, TOTAL)
    return MultiStepLR(optimizer, [35, 52] if name == "step" else [])  # 69 / 2 and 3/4 of 69, rounded up


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine"])
def test_a_schedule_is_torchs_own(schedule: str) -> None:
    config = SMALL.replaced(schedule=schedule)
    seen = batches(schedule=schedule)
    torch.manual_seed(config.seed)
    model = build_model(config)
    optimizer = build_optimizer(model, config)
    scheduler = torchs_schedule(schedule, optimizer)
    rates, losses = [], []
    for step in range(TOTAL):
        images, labels = seen.training(step)
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    ours = [learning_rate_at(config, (), step, TOTAL) for step in range(TOTAL)]
    assert ours == pytest.approx(rates, rel=1e-6)
    assert train_slice(config, None, ALL_STEPS).metrics == pytest.approx(losses, rel=1e-3)


def test_a_schedule_goes_on_from_a_rate_changed_on_the_way() -> None:
    config = SMALL.replaced(schedule="cosine")
    before, after = (learning_rate_at(config, changes, 30, TOTAL) for changes in ((), [(20, "learning_rate", 0.1)]))
    assert after == pytest.approx(10 * before)


@pytest.mark.parametrize(("schedule", "counts"), [("constant", False), ("step", True), ("cosine", True)])
def test_only_a_schedule_makes_the_number_of_epochs_part_of_the_path(schedule: str, counts: bool) -> None:
    short, long = (RunConfig(schedule=schedule, epochs=epochs) for epochs in (3, 9))
    assert (short.path_id != long.path_id) == counts


# The images


def changed(num: int = 64, step: int = 5, **settings: object) -> np.ndarray:
    """Images whose colours are row, column and number of each pixel, after the changes of a step: (n, 24, 24, 3)."""
    row, column = np.mgrid[:24, :24]
    pixels = np.stack([np.stack([row, column, np.full_like(row, image)], -1) for image in range(num)]).astype(np.uint8)
    before = pixels.copy()
    after = augmented(pixels, SMALL.replaced(**settings), step)
    assert np.array_equal(pixels, before)
    assert np.array_equal(after[..., 2], before[..., 2])  # no image takes from another
    return after


ALL_AUGMENTED = {"augment_shift": True, "augment_flip": True, "augment_crop": True}


def test_seed_and_step_alone_decide_the_changes() -> None:
    first = changed(**ALL_AUGMENTED)
    assert np.array_equal(first, changed(**ALL_AUGMENTED, learning_rate=0.1, optimizer="adam", epochs=5))
    assert not np.array_equal(first, changed(**ALL_AUGMENTED, step=6))
    assert not np.array_equal(first, changed(**ALL_AUGMENTED, seed=1))
    assert len(np.unique(first[..., :2], axis=0)) > 32  # every image its own way


def test_nothing_is_changed_unasked() -> None:
    assert np.array_equal(changed()[0, ..., 0], np.mgrid[:24, :24][0])


def test_a_flip_only_mirrors() -> None:
    plain, flipped = changed(), changed(augment_flip=True)
    is_same = [np.array_equal(a, b) for a, b in zip(plain, flipped, strict=True)]
    is_mirrored = [np.array_equal(a[:, ::-1], b) for a, b in zip(plain, flipped, strict=True)]
    assert all(same != mirrored for same, mirrored in zip(is_same, is_mirrored, strict=True))
    assert 16 < sum(is_same) < 48


def test_a_shift_repeats_the_edge_and_goes_at_most_three_pixels_each_way() -> None:
    plain, shifted = changed(), changed(augment_shift=True)
    found = set()
    for before, after in zip(plain, shifted, strict=True):
        padded = np.pad(before, ((3, 3), (3, 3), (0, 0)), mode="edge")
        moves = [(y, x) for y in range(7) for x in range(7) if np.array_equal(padded[y : y + 24, x : x + 24], after)]
        assert len(moves) == 1
        found.add(moves[0])
    assert {y for y, _ in found} == {x for _, x in found} == set(range(7))


def test_a_crop_stays_inside_and_fills_the_image() -> None:
    sizes = set()
    for image in changed(augment_crop=True):
        rows, columns = image[:, 0, 0].astype(int), image[0, :, 1].astype(int)
        assert (image[..., 0] == rows[:, None]).all()
        assert (image[..., 1] == columns).all()
        for places in (rows, columns):
            assert set(np.diff(places)) <= {0, 1}  # a stretch without gaps
            assert np.bincount(places).max() <= 2  # drawn large evenly, the edge not repeated
        assert np.ptp(rows) == np.ptp(columns)  # a square
        sizes.add(int(np.ptp(rows)) + 1)
    assert sizes == set(range(18, 25))


def test_the_first_share_alone_is_seen_and_all_of_it() -> None:
    data, seen = open_prepared("digits"), batches(train_share=0.1)
    share = as_floats(np.array(data.images[:144]))  # 10 % of 1,437
    expected = Counter(
        (image.contiguous().numpy().tobytes(), int(n)) for image, n in zip(share, data.labels, strict=False)
    )
    assert seen.steps_per_epoch == 3
    assert epoch_of(seen) == epoch_of(seen, 1) == expected


def test_the_same_number_of_steps_looks_at_the_share_more_often() -> None:
    seen = batches(train_share=0.1, same_steps=True)
    assert seen.steps_per_epoch == batches().steps_per_epoch == 23
    often = epoch_of(seen)
    assert often.keys() == epoch_of(batches(train_share=0.1)).keys()
    assert often.total() == 1437
    assert set(often.values()) == {9, 10}


def test_a_shift_moves_only_validation_images_and_by_so_many_pixels() -> None:
    plain, moved = batches(), batches(val_shift=3)
    (before, labels), (after, same_labels) = (seen.validation(0, 360) for seen in (plain, moved))
    assert torch.equal(after[..., 3:], before[..., :-3])
    assert torch.equal(after[..., :3], before[..., :1].expand(-1, -1, -1, 3))
    assert torch.equal(labels, same_labels)
    assert epoch_of(moved) == epoch_of(plain)


# The labels


def test_about_that_share_of_the_labels_is_wrong_and_more_noise_adds_to_less() -> None:
    data = open_prepared("digits")
    some, more = (noisy_labels(data.labels, data.num_train, RunConfig(label_noise=share)) for share in (0.2, 0.4))
    is_some, is_more = some != data.labels, more != data.labels
    assert is_some[: data.num_train].mean() == pytest.approx(0.2, abs=0.04)
    assert is_more[: data.num_train].mean() == pytest.approx(0.4, abs=0.04)
    assert is_more[is_some].all()
    assert np.array_equal(some[is_some], more[is_some])
    assert not is_more[data.num_train :].any()
    assert set(more) == set(range(10))


def test_wrong_labels_are_the_same_for_every_seed_and_validation_labels_are_right() -> None:
    data, seen = open_prepared("digits"), batches(label_noise=0.9)
    assert epoch_of(seen) == epoch_of(batches(label_noise=0.9, seed=1)) != epoch_of(batches())
    assert np.array_equal(seen.validation(0, 360)[1].numpy(), data.labels[data.num_train :])


# All at once


def test_slices_equal_one_with_all_of_it() -> None:
    settings = {**ALL_AUGMENTED, "schedule": "cosine", "train_share": 0.3, "same_steps": True, "label_noise": 0.2}
    config = SMALL.replaced(**settings, val_shift=2, batch_size=128)
    whole = train_slice(config, None, ALL_STEPS)
    pieces = train_in_slices(config, [5])
    assert np.array_equal(np.concatenate([piece.metrics for piece in pieces]), whole.metrics)
    assert sum((piece.evaluations for piece in pieces), ()) == whole.evaluations
    assert pieces[-1].checkpoint == whole.checkpoint

"""Training is reproducible to the last bit, however it is cut into slices, and reports errors."""

import io
import math
import time
from functools import cache
from importlib.metadata import version

import numpy as np
import pytest
import torch
from torch import Tensor

from core import catalog
from core.config import RunConfig
from core.datasets import open_prepared
from core.errors import CheckpointError
from core.models import build_model
from core.training import ENGINE_REVISION, SliceResult, checkpoint, train_slice
from core.training.batches import Batches
from core.training.evaluate import CHUNK
from core.training.findings import is_collapsed
from tests.parts import train_in_slices

COLLAPSING = RunConfig(model="mlp", learning_rate=1.0, epochs=4)
SMALL = RunConfig(model="mlp", batch_size=128, epochs=2, learning_rate=0.01)
ALL_STEPS = 10**9


# Every model and every rule once, and the two with most state combined: batch normalisation and Muon with AdamW.
PAIRS = [(model, "sgd") for model in catalog.specs("models")]
PAIRS += [("mlp", optimizer) for optimizer in catalog.specs("optimizers") if optimizer != "sgd"]
PAIRS += [("small_resnet", "muon")]


@pytest.mark.parametrize(("model", "optimizer"), PAIRS)
def test_slices_equal_one_bit_for_bit(model: str, optimizer: str) -> None:
    few_images = {"train_share": 0.2, "batch_size": 64, "epochs": 2}  # five steps an epoch
    config = RunConfig(model=model, optimizer=optimizer, learning_rate=0.01, weight_decay=0.01, **few_images)
    whole = train_slice(config, None, ALL_STEPS)
    pieces = train_in_slices(config, [1, 2, 3])
    assert np.array_equal(np.concatenate([p.metrics for p in pieces]), whole.metrics)
    assert sum((p.evaluations for p in pieces), ()) == whole.evaluations
    assert pieces[-1].checkpoint == whole.checkpoint


def test_a_slice_may_end_within_a_measurement() -> None:
    whole = train_slice(SMALL, None, ALL_STEPS)
    pieces = train_in_slices(SMALL, [ALL_STEPS], max_seconds=1e-9 + 1e-4)
    assert any(p.evaluating for p in pieces)
    assert pieces[-1].checkpoint == whole.checkpoint
    assert sum((p.evaluations for p in pieces), ()) == whole.evaluations


def test_the_last_smaller_batch_is_kept_and_weighted() -> None:
    config = SMALL.replaced(batch_size=500, epochs=1)
    result = train_slice(config, None, ALL_STEPS)
    assert len(result.metrics) == 3
    expected = np.average(result.metrics.astype(float), weights=[500, 500, 437])
    assert result.evaluations[0].train_loss == pytest.approx(expected, rel=1e-6)


def test_a_rate_changed_on_the_way_counts_from_its_step() -> None:
    plain = train_slice(SMALL, None, ALL_STEPS)
    changed = train_slice(SMALL, None, ALL_STEPS, changes=[(5, "learning_rate", 0.1)])
    assert np.array_equal(changed.metrics[:6], plain.metrics[:6])  # the loss of step 6 is still before its update
    assert not np.array_equal(changed.metrics[6:], plain.metrics[6:])


def test_a_loss_that_is_no_number_ends_the_run_at_its_step() -> None:
    result = train_slice(RunConfig(learning_rate=10.0, seed=1), None, ALL_STEPS)
    assert (result.finding, result.done) == ("diverged", True)
    assert result.finding_step == result.step == len(result.metrics)
    assert not math.isfinite(result.metrics[-1])
    assert np.isfinite(result.metrics[:-1]).all()


@cache
def collapsed() -> SliceResult:
    return train_slice(COLLAPSING, None, ALL_STEPS)


def test_a_collapsed_network_is_found_and_a_sound_one_is_not() -> None:
    assert collapsed().finding == "collapsed"
    assert collapsed().evaluations[-1].logit_spread == 0.0
    assert train_slice(SMALL, None, ALL_STEPS).finding is None


def test_a_finding_names_the_step_at_which_it_was_measured() -> None:
    measured = collapsed().evaluations
    since = next(each for each in measured if all(map(is_collapsed, measured[each.epoch - 1 :])))
    assert collapsed().finding_step == since.step
    beyond = train_slice(COLLAPSING, None, since.step + 7)
    assert (beyond.finding, beyond.finding_step, beyond.step) == ("collapsed", since.step, since.step + 7)


def test_the_validation_images_never_train() -> None:
    data = open_prepared("digits")
    assert (data.num_train, data.num_validation) == (1437, 360)
    assert np.bincount(data.labels[data.num_train :]).min() >= 34  # stratified: about 36 of each digit
    batches = Batches(SMALL, data)
    two_epochs = torch.cat([batches.training(step)[0] for step in range(2 * batches.steps_per_epoch)])
    trained, members, measured = (
        {image.numpy().tobytes() for image in images}
        for images in (two_epochs, batches.members(ALL_STEPS)[0], batches.validation(0, ALL_STEPS)[0])
    )
    assert trained == members
    assert (len(trained), len(measured)) == (1437, 360)
    assert not trained & measured


HUGE_LOGITS = RunConfig(model="mlp", optimizer="rmsprop", learning_rate=10.0, epochs=2)  # beyond float16's largest


@pytest.mark.parametrize("config", [SMALL, HUGE_LOGITS], ids=["usual", "huge"])
def test_snapshots_give_the_measured_answers(config: RunConfig) -> None:
    result = train_slice(config, None, ALL_STEPS)
    data = open_prepared("digits")
    for shot, evaluation in zip(result.snapshots, result.evaluations, strict=True):
        assert shot.logits.shape == (360, 10)
        assert shot.logits.dtype == np.float16
        right = (shot.logits.argmax(1) == data.labels[data.num_train :]).mean()
        assert right == evaluation.val_accuracy
        assert shot.weights is not None


def test_damaged_bytes_are_no_checkpoint() -> None:
    with pytest.raises(CheckpointError):
        train_slice(SMALL, b"not a checkpoint", 1)
    sound = train_slice(SMALL, None, 1).checkpoint
    with pytest.raises(CheckpointError):
        train_slice(SMALL, sound[: len(sound) // 2], 1)


@pytest.mark.parametrize("other", [{"model": "seed_cnn"}, {"optimizer": "muon"}], ids=["network", "optimizer"])
def test_the_checkpoint_of_another_run_is_none_of_this_one(other: dict[str, str]) -> None:
    others = train_slice(SMALL.replaced(**other), None, 1).checkpoint
    with pytest.raises(CheckpointError):
        train_slice(SMALL, others, 1)


def test_a_checkpoint_takes_up_the_draws_where_they_were() -> None:
    """For a network that draws random numbers during training, such as one with dropout."""
    with torch.random.fork_rng():
        state = checkpoint.initial_state(SMALL)
        torch.rand(3)
        begun, drawn = checkpoint.save(state), torch.rand(3)
        checkpoint.restore(SMALL, begun)
        assert torch.equal(torch.rand(3), drawn)


def test_a_slice_takes_one_thread_and_leaves_the_callers_threads_and_random_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_slice, training = set[int](), Batches.training
    monkeypatch.setattr(
        Batches, "training", lambda self, step: in_slice.add(torch.get_num_threads()) or training(self, step)
    )
    torch.manual_seed(5)
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        train_slice(SMALL, None, 1)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert in_slice == {1}
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("depth", [2, 8, 13, 20])
@pytest.mark.parametrize("name", list(catalog.specs("models")))
def test_a_models_spec_tells_its_true_size(name: str, depth: int) -> None:
    config = RunConfig(model=name, depth=depth)
    model = build_model(config)
    assert sum(p.numel() for p in model.parameters()) == config.num_parameters < 1_000_000
    assert model(torch.zeros(2, 3, 24, 24)).shape == (2, 10)
    layers_more = depth - RunConfig().depth if config.uses("depth") else 0
    spec = catalog.specs("models")[name]
    assert config.num_parameters == spec["parameters"] + layers_more * spec["parameters_per_layer"]


def test_silent_units_are_those_that_no_relu_lets_through() -> None:
    """Even with operations between a convolution and its ReLU, here normalisation and a shortcut."""
    config = RunConfig(model="small_resnet", batch_size=256, epochs=1, learning_rate=1.0)
    result = train_slice(config, None, ALL_STEPS)
    model = build_model(config)
    model.load_state_dict(torch.load(io.BytesIO(result.snapshots[0].weights), weights_only=True))
    excited: list[Tensor] = []
    for name, part in model.named_modules():
        if name in ("norm", "block1", "block2", "block3") or name.endswith("norm1"):
            part.register_forward_hook(
                lambda _part, _images, output: excited.append((output > 0).any(0).any(-1).any(-1))
            )
    images, _ = Batches(config, open_prepared("digits")).validation(0, CHUNK)
    model.eval()(images)
    silent = 1 - torch.cat(excited).float().mean().item()
    assert result.evaluations[0].silent_units == pytest.approx(silent, abs=1e-6)
    assert silent > 0


def test_a_step_that_had_to_wait_is_not_a_slow_one(monkeypatch: pytest.MonkeyPatch) -> None:
    training = Batches.training
    monkeypatch.setattr(Batches, "training", lambda self, step: time.sleep(0.3) or training(self, step))
    assert 0 < train_slice(SMALL, None, 2).best_step_s < 0.3


def test_an_hour_asleep_is_not_an_hour_of_training(monkeypatch: pytest.MonkeyPatch) -> None:
    training, now, asleep_at = Batches.training, time.perf_counter, list[int]()
    monkeypatch.setattr(Batches, "training", lambda self, step: asleep_at.append(step) or training(self, step))
    monkeypatch.setattr(time, "perf_counter", lambda: now() + 3600 * len(asleep_at))
    assert 0 < train_slice(SMALL, None, 2).train_s < 60


# The losses of the survey's network under revision 2. If they change, increment ENGINE_REVISION and pin the new ones:
# earlier runs must not be shared or continued with different numbers.
GOLDEN_REVISION = 2
GOLDEN = (2.2814884, 2.3144617, 2.2942431, 2.2890456, 2.3019893)


def test_golden_steps() -> None:
    losses = train_slice(RunConfig(), None, 20).metrics
    assert ENGINE_REVISION == GOLDEN_REVISION
    assert losses[[0, 4, 9, 14, 19]] == pytest.approx(GOLDEN, rel=1e-4), version("torch")

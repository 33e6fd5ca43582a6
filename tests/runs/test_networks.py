"""A run's networks at its epochs: what the learner may see of them, and their answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.config import RunConfig, choices
from core.datasets import open_prepared
from core.errors import CheckpointError
from core.interpret.network import load_network
from core.runs.records import State
from core.training import train_slice
from core.training.batches import Batches
from core.training.checkpoint import restore
from tests.parts import OWNER, QUICK, ThreadCluster, open_service
from tests.waiting import until

FINISHED = {State.FINISHED}


def test_every_epoch_has_its_answers_and_the_last_one_its_weights(home_with_digits: Path) -> None:
    config = QUICK.replaced(epochs=4)  # its last epoch is not a snapshot epoch
    with open_service(home_with_digits) as (service, _):
        run = service.start(OWNER, config)
        until(lambda: service.view(run.id).state in FINISHED)
        saved = service.networks.for_run(service.run(run.id))
        logits = service.networks.logits(saved)
    expected = train_slice(config, None, 10**9).snapshots
    assert [each.epoch for each in saved] == [1, 2, 3, 4]
    assert [each.step for each in saved] == [12, 24, 36, 48]
    assert all(each.weights_file for each in saved)
    assert np.array_equal(logits, np.stack([snapshot.logits for snapshot in expected]))


def test_a_branch_sees_its_parents_epochs_and_nobody_sees_beyond_the_own_step(home_with_digits: Path) -> None:
    cluster = ThreadCluster()
    cluster.max_steps_a_slice = 12
    with open_service(home_with_digits, cluster) as (service, _):
        whole = service.start(OWNER, QUICK)
        until(lambda: service.view(whole.id).state in FINISHED)
        copy = service.fork(OWNER, whole.id)
        service._store.update_run(copy.id, allowed_step=20)
        assert [each.epoch for each in service.networks.for_run(service.run(copy.id))] == [1]
        service.set_learning_rate(OWNER, copy.id, 0.02)
        service.resume(OWNER, copy.id)
        until(lambda: service.view(copy.id).state in FINISHED)
        ours, theirs = (service.networks.for_run(service.run(each)) for each in (copy.id, whole.id))
        assert [each.epoch for each in ours] == [each.epoch for each in theirs] == [1, 2, 3]
        assert [a == b for a, b in zip(ours, theirs, strict=True)] == [True, False, False]


def test_a_question_is_asked_with_the_weights_of_its_epoch(home_with_digits: Path) -> None:
    with open_service(home_with_digits) as (service, _):
        run = service.start(OWNER, QUICK)
        until(lambda: service.view(run.id).state in FINISHED)
        saved = service.networks.for_run(service.run(run.id))
        first, last = (
            service.networks.ask(QUICK, str(each.weights_file), "member_losses") for each in (saved[0], saved[-1])
        )
        assert first[1].mean() > last[1].mean()
        with pytest.raises(CheckpointError):
            service.networks.ask(QUICK, "0" * 64, "member_losses")


@pytest.mark.parametrize("model", choices("model"))
def test_a_network_taken_up_again_answers_the_same_and_draws_no_random_numbers(model: str) -> None:
    config = RunConfig(model=model)
    result = train_slice(config, None, 2)
    images, _ = Batches(config, open_prepared(config.dataset)).validation(0, 8)
    random_state = torch.get_rng_state()
    network = load_network(config, result.checkpoint)
    assert torch.equal(torch.get_rng_state(), random_state)
    assert torch.equal(network(images), restore(config, result.checkpoint).model.eval()(images))


def test_bytes_that_are_no_weights_of_the_model_are_refused() -> None:
    with pytest.raises(CheckpointError, match="no weights of seed_cnn"):
        load_network(RunConfig(), b"no weights")
    with pytest.raises(CheckpointError, match="no weights of mlp"):
        load_network(RunConfig(model="mlp"), train_slice(RunConfig(), None, 1).checkpoint)

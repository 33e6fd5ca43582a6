"""What a run's state is, given where its trajectory stands."""

import pytest

from core.runs.records import State
from tests.artificial import new_run, new_trajectory


@pytest.mark.parametrize(
    ("step", "evaluating", "state"),
    [
        (99, False, State.TRAINING),
        (100, True, State.TRAINING),  # its last epoch is still being measured
        (100, False, State.FINISHED),
        (110, True, State.FINISHED),  # another run's epoch is being measured
    ],
)
def test_a_run_is_finished_when_its_last_epoch_is_measured(step: int, evaluating: bool, state: State) -> None:
    trajectory = new_trajectory(step=step, slices=3, evaluating=evaluating)
    assert new_run(trajectory).state("here") is state
    assert trajectory.is_done_up_to(100) is (state is State.FINISHED)

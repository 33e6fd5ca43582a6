"""What a run's state is, given where its trajectory stands."""

import pytest

from core.runs.records import Pace, State
from core.runs.views import view_of
from tests.artificial import new_run, new_trajectory


@pytest.mark.parametrize(("pace", "slowdown", "left_s"), [(Pace.FULL, 2.0, 18.0), (Pace.EPOCH, 0.5, 9.0)])
def test_the_time_left_is_that_of_the_computing_or_of_the_pace(pace: Pace, slowdown: float, left_s: float) -> None:
    """90 steps of 32 images, in nine epochs."""
    run = new_run(new_trajectory(step=10, slices=1, images_per_s=320.0), pace=pace)
    view = view_of(run, "here", place=None, waiting=False, shared=1, slowdown=slowdown)
    assert view.left_s == pytest.approx(left_s)


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


def test_a_longer_run_that_broke_down_later_is_nothing_to_a_shorter_one() -> None:
    trajectory = new_trajectory(step=150, slices=3, finding="diverged", finding_step=150)
    for steps, state, finding in ((100, State.FINISHED, None), (200, State.DIVERGED, "diverged")):
        run = new_run(trajectory, allowed_step=steps, target_step=steps)
        view = view_of(run, "here", place=None, waiting=False, shared=1, slowdown=1.0)
        assert (view.state, view.finding) == (state, finding)


def test_a_longer_run_that_failed_later_is_nothing_to_a_shorter_one() -> None:
    trajectory = new_trajectory(step=150, slices=3, error={"kind": "DatasetChanged"})
    runs = [new_run(trajectory, allowed_step=steps, target_step=steps) for steps in (100, 200)]
    assert [run.state("here") for run in runs] == [State.FINISHED, State.FAILED]

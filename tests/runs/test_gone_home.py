"""The home folder is moved away while the service is running, and restored."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.errors import HomeGone
from core.runs.cluster import SliceRequest
from core.runs.records import State
from core.training import train_slice
from tests.parts import OWNER, QUICK, ThreadCluster, finish, open_service
from tests.waiting import until


def test_what_trains_waits_for_the_folder_and_goes_on(
    home_with_digits: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home, away = home_with_digits, tmp_path_factory.mktemp("elsewhere") / "home"
    cluster = ThreadCluster()
    cluster.max_steps_a_slice = 5

    def take_away(request: SliceRequest) -> None:
        if request.checkpoint and not away.exists():
            home.rename(away)

    cluster.before_slice = take_away
    with open_service(home, cluster) as (service, _):
        run = service.start(OWNER, QUICK)
        until(lambda: isinstance(service.outage, HomeGone))
        assert not home.exists()
        (home / "files").mkdir(parents=True)  # a different folder in its place
        with pytest.raises(HomeGone, match=str(home)):
            service.require_home()
        shutil.rmtree(home)
        away.rename(home)
        away.mkdir()
        finish(service, run.id)
        view = service.view(run.id)
        assert view.state is State.FINISHED
        assert np.array_equal(service.curve(view).losses, train_slice(QUICK, None, 10**9).metrics)
        assert service.outage is None

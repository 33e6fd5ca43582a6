"""An open page whose server is killed and restarted."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from core.runs.build import SHOWCASE_OWNER
from core.runs.store import Store
from tests.artificial import add_finished_run
from tests.browser.conftest import OpenPage, serve
from tests.browser.lab_page import LabPage
from tests.serving import Server
from tests.waiting import until

pytestmark = pytest.mark.slow

STEPS_PER_EPOCH = 45


@pytest.fixture(scope="module")
def server(prepared_digits: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server to be killed, with nothing else to train."""
    home = tmp_path_factory.mktemp("interrupted-home")
    add_finished_run(Store(f"sqlite:///{home / 'trendlab.db'}"), STEPS_PER_EPOCH, 10, owner=SHOWCASE_OWNER)
    yield from serve(prepared_digits, home)


def steps_drawn(lab: LabPage) -> np.ndarray:
    return np.round(np.array(lab.traces()["loss_raw"]["x"]) * STEPS_PER_EPOCH)


def test_a_killed_worker_is_not_even_noticed(come_to: OpenPage, server: Server) -> None:
    lab = LabPage(come_to("train?learning_rate=0.01&seed=201")).ready()
    lab.train()
    os.kill(server.worker_pids()[0], signal.SIGKILL)
    lab.reach("Finished")
    assert lab.wait_for_points(450) == 450
    assert np.array_equal(steps_drawn(lab), np.arange(450))


@pytest.mark.usefixtures("cut_off")
def test_an_open_page_finds_its_curve_again_after_kill_9_of_the_app(come_to: OpenPage, server: Server) -> None:
    page = come_to("train?learning_rate=0.01&epochs=5&seed=202")
    lab = LabPage(page).ready()
    lab.train()
    kill_and_start(server, lab)
    lab.reach("Finished", timeout_s=90)
    assert lab.wait_for_points(225) == 225
    assert np.array_equal(steps_drawn(lab), np.arange(225))  # nothing lost, nothing repeated
    page.reload()
    lab.ready()
    assert lab.wait_for_points(225) == 225


@pytest.mark.usefixtures("cut_off")
def test_the_first_click_after_a_restart_counts(come_to: OpenPage, server: Server) -> None:
    page = come_to("train?learning_rate=0.01&seed=203&epochs=20")
    lab = LabPage(page).ready()
    lab.train()
    lab.press("Pause")
    lab.reach("Paused")
    kill_and_start(server, lab)
    expect(page.get_by_role("button", name="Resume")).to_be_enabled(timeout=60_000)
    lab.press("Resume")
    lab.reach("Training|Finished")


def kill_and_start(server: Server, lab: LabPage) -> None:
    server.kill()
    lab.reach("Connection lost")
    until(lambda: not server.is_up())
    server.start()

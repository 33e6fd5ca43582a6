"""An open page through what may happen to its server."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.lab_page import LabPage
from tests.serving import Server, wait_until

STEPS_PER_EPOCH = 45


def steps_drawn(lab: LabPage) -> np.ndarray:
    return np.round(np.array(lab.traces()["loss_raw"]["x"]) * STEPS_PER_EPOCH)


def test_a_killed_worker_is_not_even_noticed(open_page: OpenPage, server: Server) -> None:
    lab = LabPage(open_page("train?learning_rate=0.01&seed=201")).ready()
    lab.train()
    os.kill(server.worker_pids()[0], signal.SIGKILL)
    lab.reach("Finished")
    assert lab.wait_for_points(450) == 450
    assert np.array_equal(steps_drawn(lab), np.arange(450))


@pytest.mark.usefixtures("cut_off")
def test_an_open_page_finds_its_curve_again_after_kill_9_of_the_app(open_page: OpenPage, server: Server) -> None:
    page = open_page("train?learning_rate=0.01&seed=202&epochs=20")
    lab = LabPage(page).ready()
    lab.train()
    server.kill()
    lab.reach("Connection lost")
    wait_until(lambda: not server.is_up())
    server.start()
    lab.reach("Finished", timeout_s=90)
    assert lab.wait_for_points(900) == 900
    assert np.array_equal(steps_drawn(lab), np.arange(900))  # nothing lost, nothing doubled
    page.reload()
    lab.ready()
    assert lab.wait_for_points(900) == 900


@pytest.mark.usefixtures("cut_off")
def test_the_first_click_after_a_restart_counts(open_page: OpenPage, server: Server) -> None:
    page = open_page("train?learning_rate=0.01&seed=203&epochs=20")
    lab = LabPage(page).ready()
    lab.train()
    lab.press("Pause")
    lab.reach("Paused")
    server.kill()
    lab.reach("Connection lost")
    wait_until(lambda: not server.is_up())
    server.start()
    expect(lab.status).not_to_contain_text("Connection lost", timeout=60_000)
    page.wait_for_timeout(2_000)  # a hand needs longer
    lab.press("Resume")
    lab.reach("Training|Finished")

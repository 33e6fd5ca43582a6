"""The page Understand: choosing an epoch and an image, and what the network makes of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.datasets import open_prepared
from core.ui.services import services
from core.ui.understand.look import IMAGE
from core.ui.understand.page import PARTS, RESULTS
from core.ui.understand.picture import picture_card
from tests.parts import OWNER, finish

Open = Callable[..., AppTest]
SHORT = RunConfig(model="mlp", learning_rate=0.003, batch_size=128, epochs=3)


def trained(open_page: Open) -> str:
    """A finished run that everybody may see."""
    open_page("home")
    runs = services().runs
    run = runs.start(OWNER, SHORT)
    finish(runs, run.id)
    return run.id


def wrong_images(run_id: str, epoch: int) -> list[int]:
    runs, data = services().runs, open_prepared(SHORT.dataset)
    saved = runs.networks.of(runs.run(run_id))
    predicted = runs.networks.logits((saved[epoch - 1],))[0].argmax(1)
    return [int(each) for each in np.flatnonzero(predicted != data.labels[data.num_train :])]


def test_buttons_lead_from_wrong_image_to_wrong_image(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PARTS, RESULTS, (picture_card,))
    run_id = trained(open_page)
    wrong = wrong_images(run_id, 2)
    app = open_page("understand", network=run_id, at_epoch="2", only_wrong="true", image=str(wrong[0]))
    app.button(key="next_picture").click().run()
    assert app.query_params.get(IMAGE, "0") == str(wrong[1])
    app.button(key="previous_picture").click().run()
    app.button(key="previous_picture").click().run()
    assert app.query_params.get(IMAGE, "0") == str(wrong[-1])
    app.toggle(key="only_wrong").set_value(False).run()
    app.button(key="next_picture").click().run()
    assert app.query_params.get(IMAGE, "0") == str((wrong[-1] + 1) % 360)
    assert not app.exception

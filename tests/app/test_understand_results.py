"""The Understand page: choosing an epoch and an image, and the network's answers."""

from __future__ import annotations

import json
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.config import RunConfig
from core.content.words import Words
from core.datasets import open_prepared
from core.errors import CheckpointError
from core.interpret.results import probabilities
from core.live.identity import owner_of
from core.runs.networks import Networks
from core.runs.records import Pace, Run, SavedNetwork, State
from core.ui.services import services
from core.ui.session import NETWORK
from core.ui.understand.look import IMAGE, PART, Look
from core.ui.understand.page import PARTS, RESULTS
from core.ui.understand.parcels import answered, pictures_parcel
from core.ui.understand.picture import picture_card
from tests.app.conftest import Open, finished_run, go_to
from tests.parts import OWNER, finish

SHORT = RunConfig(model="mlp", learning_rate=0.003, batch_size=128, epochs=3)


def wrong_images(run_id: str, epoch: int) -> list[int]:
    runs, data = services().runs, open_prepared(SHORT.dataset)
    saved = runs.networks.for_run(runs.run(run_id))
    predicted = runs.networks.logits((saved[epoch - 1],))[0].argmax(1)
    return [int(each) for each in np.flatnonzero(predicted != data.labels[data.num_train :])]


def all_wrong(run_id: str) -> list[list[int]]:
    return [wrong_images(run_id, epoch) for epoch in range(1, SHORT.epochs + 1)]


def decoded(text: str) -> np.ndarray:
    return np.frombuffer(b64decode(text), np.uint8)


def test_buttons_lead_from_wrong_image_to_wrong_image(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PARTS, RESULTS, (picture_card,))
    run_id = finished_run(open_page, SHORT)
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


def test_a_run_that_goes_on_while_it_is_drawn_is_shown_as_far_as_it_was_viewed(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = finished_run(open_page, SHORT.replaced(epochs=1, seed=603))
    runs, look_up = services().runs, Networks.for_run

    def go_on_first(networks: Networks, _: Run) -> tuple[SavedNetwork, ...]:
        if runs.view(run_id).epoch == 1:
            runs.extend(OWNER, run_id, 1)
            finish(runs, run_id)
        return look_up(networks, runs.run(run_id))

    monkeypatch.setattr(Networks, "for_run", go_on_first)
    app = open_page("understand", network=run_id)
    assert not app.exception
    assert runs.view(run_id).epoch == 2


def test_what_is_sent_is_what_the_networks_answered(open_page: Open) -> None:
    run_id = finished_run(open_page, SHORT)
    runs, data = services().runs, open_prepared(SHORT.dataset)
    saved = runs.networks.for_run(runs.run(run_id))
    look = Look(runs.view(run_id), saved, saved[-1], 0)
    told = answered(runs, look)
    logits = runs.networks.logits(saved)
    assert np.array_equal(decoded(told.parcel["predicted"]).reshape(3, 360), logits.argmax(2))
    shares = (decoded(told.parcel["confidence"]).reshape(3, 360) + 0.5) / 200
    np.testing.assert_allclose(shares, probabilities(logits).max(2), atol=1.01 / 400)
    assert [int(np.trace(counts)) for counts in told.parcel["counts"]] == [360 - n for n in map(len, all_wrong(run_id))]
    content = b64decode(pictures_parcel(look, told.numbers)["url"].split(",")[1])
    sheet = np.asarray(Image.open(BytesIO(content)))
    for place in (0, 39, 40, 359):
        row, column = divmod(place, 40)
        shown = sheet[24 * row : 24 * (row + 1), 24 * column : 24 * (column + 1)]
        assert np.array_equal(shown, data.images[data.num_train + told.numbers[place], ..., 0])


@pytest.mark.parametrize(
    "address", [{"cell": "8-1"}, {"cell": "a-b"}, {"cell": "99-1"}, {"at_epoch": "77"}, {"image": "-5"}]
)
def test_an_address_with_any_choice_opens(open_page: Open, address: dict[str, str]) -> None:
    app = open_page("understand", network=finished_run(open_page, SHORT), **address)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("state", [State.PAUSED, State.STOPPED])
def test_a_run_without_an_epoch_tells_why(open_page: Open, state: State) -> None:
    app, runs = open_page("home"), services().runs
    run_id = runs.start(OWNER, SHORT.replaced(seed=5), pace=Pace.STEP).id
    if state is State.STOPPED:
        runs.stop(OWNER, run_id)
    assert runs.view(run_id).state is state
    app.query_params[NETWORK] = run_id
    told = [each.value for each in go_to(app, "understand").info]
    key = {State.PAUSED: "paused", State.STOPPED: "ended"}[state]
    assert told == [Words("en")(f"understand.none.{key}")]


def test_calibration_is_told_in_words(open_page: Open) -> None:
    app = open_page(
        "understand", network=finished_run(open_page, SHORT), part="further", further="calibration", at_epoch="1"
    )
    (told,) = [each.value for each in app.markdown if "At epoch 1 it says" in each.value]
    assert told.endswith("It trusts itself too little.")  # after one epoch it is right far more often than it says
    assert not app.exception


def test_what_plays_goes_on_where_an_epoch_cannot_be_read(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*_: object) -> None:
        raise CheckpointError("gone")

    monkeypatch.setitem(PARTS, "inside", (unreadable,))
    app = open_page("understand", network=finished_run(open_page, SHORT), part="inside", at_epoch="2")
    assert [each.value for each in app.error] == [Words("en").error(CheckpointError("gone"))]
    (told,) = (json.loads(each.proto.json) for each in app.get("bidi_component") if each.proto.id.endswith("drawn"))
    assert told[0]["id"] == 1


def test_runs_of_equal_settings_are_told_apart(open_page: Open) -> None:
    """Streamlit identifies a choice by its label: with equal labels the page would switch to another run by itself."""
    app, runs = open_page("understand"), services().runs
    reader = owner_of(app.session_state["owner_token"])
    older, newer, shaken = (runs.start(reader, each).id for each in (SHORT, SHORT, SHORT.replaced(val_shift=1)))
    for each in (older, newer, shaken):
        finish(runs, each)
    app.query_params[NETWORK] = older
    labels = app.run().selectbox(key=NETWORK).options
    assert len(set(labels)) == len(labels) >= 3
    app.segmented_control(key=PART).set_value("inside").run()
    assert app.query_params[NETWORK] == older

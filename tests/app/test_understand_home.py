"""The page Understand: what of a network and its run is taken home."""

from __future__ import annotations

from collections.abc import Callable

import onnxruntime
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.export.using import Taken
from core.ui.services import services
from tests.parts import OWNER, finish

Open = Callable[..., AppTest]
SHORT = RunConfig(model="mlp", learning_rate=0.003, batch_size=128, epochs=4)


def trained(open_page: Open) -> str:
    """A finished run that everybody may see."""
    open_page("home")
    runs = services().runs
    run = runs.start(OWNER, SHORT)
    finish(runs, run.id)
    return run.id


def test_the_files_of_an_epoch_are_offered_with_a_program_and_an_address(open_page: Open) -> None:
    run_id = trained(open_page)
    app = open_page("understand", network=run_id, part="home", at_epoch="4", image="5", form="onnx")
    names = [each.proto.label for each in app.get("download_button")]
    assert {"Weights (.safetensors)", "Whole network (.onnx)", "Notebook (.ipynb)", "Curves (.csv)"} <= set(names)
    assert f"network={run_id}&at_epoch=4&image=5" in app.code[-1].value
    assert not app.exception


def test_a_worker_writes_the_file(open_page: Open) -> None:
    run_id = trained(open_page)
    runs = services().runs
    last = runs.networks.of(runs.run(run_id))[-1]
    notes = Taken(SHORT, last.epoch, tuple("0123456789")).notes()
    content = runs.networks.ask(SHORT, str(last.weights_file), "weights_onnx", notes, kept=False)
    assert onnxruntime.InferenceSession(content).get_inputs()[0].shape == ["N", 3, 24, 24]

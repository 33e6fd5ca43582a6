"""The Understand page: downloads of a network and its run."""

from __future__ import annotations

import onnxruntime

from core.config import RunConfig
from core.content.words import Words
from core.export.using import Taken
from core.ui.lab.live_chart import LiveRun
from core.ui.services import services
from core.ui.understand.home import picture_file, taken_network
from core.ui.understand.look import Look
from core.ui.understand.report import report_file
from tests.app.conftest import Open, finished_run

SHORT = RunConfig(model="mlp", learning_rate=0.003, batch_size=128, epochs=4)


def test_the_files_of_an_epoch_are_offered_with_a_program_and_an_address(open_page: Open) -> None:
    run_id = finished_run(open_page, SHORT)
    app = open_page("understand", network=run_id, part="home", at_epoch="4", image="5", form="onnx")
    names = [each.proto.label for each in app.get("download_button")]
    assert {"Weights (.safetensors)", "Whole network (.onnx)", "Notebook (.ipynb)", "Curves (.csv)"} <= set(names)
    assert f"network={run_id}&at_epoch=4&image=5" in app.code[-1].value
    assert not app.exception


def test_files_of_different_runs_and_drawings_have_different_names(open_page: Open) -> None:
    """A browser saves a second file of one name as another, and the program would read the first."""
    runs, shown = services().runs, set[str]()
    for run_id in (finished_run(open_page, SHORT), finished_run(open_page, SHORT.replaced(seed=1))):
        saved = runs.networks.for_run(runs.run(run_id))
        for picture in (bytes(576), bytes([1]) * 576):
            look = Look(runs.view(run_id), saved, saved[-1], picture)
            shown |= {taken_network(Words("en"), look).file("onnx"), picture_file(look)}
    assert len(shown) == 4


def test_a_worker_writes_the_file(open_page: Open) -> None:
    run_id = finished_run(open_page, SHORT)
    runs = services().runs
    last = runs.networks.for_run(runs.run(run_id))[-1]
    notes = Taken(SHORT, run_id, last.epoch, tuple("0123456789")).notes()
    content = runs.networks.ask(SHORT, str(last.weights_file), "weights_onnx", notes, kept=False)
    assert onnxruntime.InferenceSession(content).get_inputs()[0].shape == ["N", 3, 24, 24]


def test_a_report_is_offered_once_it_is_written_and_holds_what_was_typed(open_page: Open) -> None:
    run_id = finished_run(open_page, SHORT)
    app = open_page("understand", network=run_id, part="home", lang="zh")
    app.text_area[0].set_value("出乎意料 <b>").run()
    next(each for each in app.button if each.label == "写成报告").click().run()
    assert not app.exception
    assert "报告（.html）" in [each.proto.label for each in app.get("download_button")]
    runs = services().runs
    view = runs.view(run_id)
    saved = runs.networks.for_run(runs.run(run_id))
    drawn = LiveRun(run_id, "", view.steps_per_epoch, view.total_steps, state=view.state)
    told = dict.fromkeys(("author", "written_on", "trained_on", "link"), "-") | {"notes": "出乎意料 <b>"}
    page = report_file(Words("zh"), runs, Look(view, saved, saved[-1], 0), drawn, told).decode()
    assert "出乎意料 &lt;b&gt;" in page
    assert f"{runs.curve(runs.view(run_id)).evaluations[-1].val_accuracy:.1%}" in page

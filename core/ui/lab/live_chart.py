"""The live part of the Train page: status line, progress, loss and accuracy, fed by one event stream.

Its JavaScript is in several files in `live_chart/`, joined in order, as a component takes a single text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from core.charts.house import MODES, large
from core.charts.training import SMOOTHING, CurveRun, training_figures
from core.content.words import Words
from core.live.plotly_route import PLOTLY_URL
from core.ui.components import component, no_op

_SCRIPTS = ("plotly", "curves", "stream", "easel", "charts", "status", "focus", "news", "replay", "main")
_PROBE_SCRIPTS = ("plotly", "stream", "probe")


@dataclass(frozen=True)
class LiveRun(CurveRun):
    """A run on the live chart. `state`, `finding` and `learning_rate` are what the page has drawn; `replay` shows a
    finished run as it grew; `begun` means that the reader has just pressed Train, so the page scrolls to the chart;
    `example` labels it as an example once finished, as the settings above it differ."""

    state: str = ""
    finding: str | None = None
    learning_rate: float | None = None
    replay: bool = False
    begun: bool = False
    example: str = ""


_component = component(
    "trendlab_live_chart",
    "lab/live_chart/frame.html",
    css=["announcement.css", "button.css", "lab/live_chart/style.css"],
    js=["app_root.js", *(f"lab/live_chart/{name}.js" for name in _SCRIPTS)],
    isolate_styles=False,  # Plotly's styles do not reach into a shadow root
)
_probe = component(
    "trendlab_events_probe",
    "<span hidden></span>",
    js=["app_root.js", *(f"lab/live_chart/{name}.js" for name in _PROBE_SCRIPTS)],
)


def live_chart(
    say: Words, main: LiveRun, ghosts: Sequence[LiveRun], *, only: str, on_change: Callable[[], None], key: str
) -> bool:
    """Draw a run, with earlier ones behind it in grey, and keep drawing without reruns. Returns whether no events get
    through: then poll until `events_pass`.

    `only` names a single chart to draw, large enough for the last row of a classroom. A state change of the main run
    reruns the page once, through `on_change`; `changed` then is its `{"run", "state", "finding", "learning_rate"}`.
    """
    texts = say.by_prefix("live")
    if main.example:
        texts["state.finished"] = texts["separator"].join([main.example, texts["state.finished"]])
    runs = [*ghosts, main]
    figures = {each: training_figures(main, ghosts, texts, each) for each in MODES}
    if only:
        figures = {each: {name: large(figure) for name, figure in pair.items()} for each, pair in figures.items()}
    data = {
        "streamUrl": _stream_url([run.id for run in runs]),
        "plotlyUrl": PLOTLY_URL,
        "runs": [*(_wire(run, "ghost") for run in ghosts), _wire(main, "main")],
        "figures": figures,
        "only": only,
        "texts": texts,
        "lang": say.language,
        "smoothing": SMOOTHING,
        "powers": main.ended_at is not None,
    }
    shown = _component(
        key=key,
        data=[data],  # in a bare dict Streamlit would look for data frames, importing 65 MB
        on_poll_change=no_op,
        on_changed_change=on_change,
    )
    return bool(shown.poll)


def events_pass(run_id: str) -> bool:
    """For a page that polls: whether events of a run get through again. Checked now and then; success reruns the page
    once."""
    data = {"streamUrl": _stream_url([run_id]), "plotlyUrl": PLOTLY_URL}
    return bool(_probe(key="events_probe", data=[data], on_events_change=no_op).events)


def _stream_url(run_ids: Sequence[str]) -> str:
    return "api/events?" + urlencode([("run", run_id) for run_id in run_ids])


def _wire(run: LiveRun, role: str) -> dict[str, Any]:
    return {
        "id": run.id,
        "role": role,
        "stepsPerEpoch": run.steps_per_epoch,
        "totalSteps": run.total_steps,
        "replay": run.replay,
        "begun": run.begun,
        "state": run.state,
        "finding": run.finding,
        "learning_rate": run.learning_rate,
    }

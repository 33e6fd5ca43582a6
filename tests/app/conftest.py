"""Pages under `AppTest`: the app as a plain script, with the real service and a fresh home folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.runs import build
from core.runs.views import RunView
from core.settings import PROJECT, get_settings
from core.ui.lab import controls
from core.ui.services import close_services, services
from tests.parts import OWNER, finish
from tests.waiting import until

Open = Callable[..., AppTest]
QUICK_SETTINGS = {"model": "mlp", "epochs": "2", "batch_size": "256", "learning_rate": "0.01"}  # in an address


@pytest.fixture(scope="session", autouse=True)
def packages_are_searched_once() -> Iterator[None]:
    """Search for components once: each new `AppTest` scans all installed packages, which takes longer than a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session")
def app_home(prepared_digits: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One service for all page tests, so that its worker starts only once; its recorded run is short."""
    home = tmp_path_factory.mktemp("app-home")
    (home / "datasets").symlink_to(prepared_digits / "datasets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "SHOWCASE_CONFIG", RunConfig(model="mlp", learning_rate=0.01))
        patch.setattr(controls, "SECOND_CLICK_S", 0.0)  # a test clicks faster than any reader
        yield home
    close_services()


@pytest.fixture
def open_page(
    app_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    shared_home: Path,  # noqa: ARG001  its turn is first
) -> Iterator[Open]:
    """`open_page("train", lang="zh", epochs="5")`: the page on a browser's first visit to that address."""
    monkeypatch.setenv("TRENDLAB_HOME", str(app_home))
    monkeypatch.setenv("TRENDLAB_WORKERS", "1")
    get_settings.cache_clear()

    def open_at(page: str, **address: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
        app.query_params.update(address)
        return app.run() if page == "home" else go_to(app, page)

    yield open_at
    stop_what_goes_on()


def stop_what_goes_on() -> None:
    """Stop runs that a test leaves behind, as they would delay the next tests."""
    runs = services().runs
    for view in runs.public_runs():
        if not view.is_final and view.owner != build.SHOWCASE_OWNER:
            runs.stop(view.owner, view.id)


def go_to(app: AppTest, page: str) -> AppTest:
    """Go to a page, as a browser would."""
    app.context["url"] = f"http://localhost/{page}"
    return app.switch_page(f"pages/{page}.py").run()


def finished_run(open_page: Open, config: RunConfig) -> str:
    """The id of a finished run that everybody may see."""
    open_page("home")
    runs = services().runs
    run = runs.start(OWNER, config)
    finish(runs, run.id)
    return run.id


def setting(app: AppTest, name: str) -> Any:
    """The widget of a setting or of the preset."""
    (found,) = (widget for shown, widget in settings(app) if shown == name)
    return found


def settings(app: AppTest) -> list[tuple[str, Any]]:
    """The possible setting widgets, with the setting that each one shows; their keys end in a number."""
    widgets = [*app.number_input, *app.selectbox, *app.slider, *app.select_slider, *app.toggle]
    return [(str(widget.key).rpartition("_")[0], widget) for widget in widgets]


def table_of(app: AppTest, key: str) -> dict[str, list[object]]:
    """The columns of a table of `core/ui/tables.py`, by heading."""
    (found,) = (each.proto for each in app.get("bidi_component") if each.proto.id.endswith(key))
    (table,) = json.loads(found.json)
    return {column["name"]: [row[at] for row in table["rows"]] for at, column in enumerate(table["columns"])}


def keys(app: AppTest) -> set[str]:
    """The keys of the buttons on the page."""
    return {button.key for button in app.button if button.key}


def texts(app: AppTest) -> str:
    """Prose, captions and notes on the page."""
    return "\n".join(each.value for each in (*app.markdown, *app.caption, *app.info))


def shown(app: AppTest) -> RunView:
    """The run in the page's address."""
    return services().runs.view(app.query_params["run"])


def reach(app: AppTest, *states: str) -> None:
    """Wait for a state, then rerun the page, as the live chart would."""
    until(lambda: shown(app).state in states, timeout_s=60)
    app.run()


def finish_shown(app: AppTest) -> None:
    """Wait for the end of the run in the page's address, then rerun the page."""
    until(lambda: shown(app).is_final, timeout_s=60)
    app.run()

"""The HTTP API: what it returns, and what it refuses."""

from __future__ import annotations

import gzip
import io
import re
from contextlib import ExitStack
from pathlib import Path

import httpx
import numpy as np
import pandas as pd
import pytest
from plotly.offline import get_plotlyjs_version

from core.errors import StoreUnavailable
from core.export.table import metrics_csv
from core.live.plotly_route import PLOTLY_URL, SOURCE, VERSION
from core.runs.records import Curve, Pace
from core.training import train_slice
from core.training.schedule import learning_rate_at
from tests.artificial import commit, new_run, new_trajectory, noisy_losses
from tests.live.serving import Site, new_browser, serve
from tests.parts import OTHER, OWNER, QUICK, ThreadCluster, finish, open_service
from tests.waiting import until

NO_RUN = "0" * 32
ODD_IDS = [
    "x",
    "0" * 31,
    "0" * 33,
    "0" * 5_000,
    NO_RUN.replace("0", "G"),
    "%00",
    "%FF",
    "名",
    "a.b",
    "'",
]


def test_health_names_workers_and_what_trains(site: Site) -> None:
    answer = site.get("api/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "workers": 1, "running": 0, "queued": 0}


def test_the_list_holds_public_runs_only_newest_first(site: Site) -> None:
    service = site.service
    assert site.get("api/runs").json() == []
    old = service.start(OWNER, QUICK, pace=Pace.STEP)
    service.start(OWNER, QUICK, pace=Pace.STEP, public=False)
    new = service.start(OTHER, QUICK.replaced(seed=1), pace=Pace.STEP)
    service.rename(OWNER, old.id, "第一次")
    listed = site.get("api/runs").json()
    assert [run["id"] for run in listed] == [new.id, old.id]
    assert listed[0]["config"] == QUICK.replaced(seed=1).model_dump()
    assert listed[1] | {"config": 0} == {
        "id": old.id, "name": "第一次", "state": "paused", "step": 0, "epoch": 0.0, "config": 0,
    }  # fmt: skip
    service.set_public(OWNER, old.id, False)
    assert [run["id"] for run in site.get("api/runs").json()] == [new.id]
    assert OWNER not in site.get("api/runs").text


@pytest.mark.parametrize("path", ["healthz", "runs", f"runs/{NO_RUN}/metrics.csv", f"runs/{NO_RUN}/events"])
def test_while_the_store_does_not_answer_one_may_come_back_later(
    site: Site, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise StoreUnavailable("database is locked")

    for method in ("health", "public_runs", "view"):
        monkeypatch.setattr(site.service, method, locked)
    answer = site.get(f"api/{path}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["error"] == "store_unavailable"
    assert "database is locked" in answer.json()["reason"]


@pytest.mark.parametrize(
    "path", ["api/runs/{}/events", "api/runs/{}/metrics.csv", "api/events?run={}", "api/events?run={}%0A"]
)
def test_an_unknown_or_malformed_run_is_not_found(site: Site, path: str) -> None:
    for run_id in (NO_RUN, *ODD_IDS):
        answer = site.get(path.format(run_id))
        assert answer.status_code == 404, run_id
        assert answer.json()["error"] == "run_not_found"
        assert len(answer.content) < 500


def test_one_unknown_run_among_known_ones_is_named(site: Site) -> None:
    run = site.service.start(OWNER, QUICK, pace=Pace.STEP)
    answer = site.get(f"api/events?run={run.id}&run={NO_RUN}")
    assert (answer.status_code, answer.json()["run_id"]) == (404, NO_RUN)
    site.nothing_is_left()


def test_a_stream_is_of_one_to_eight_runs(site: Site) -> None:
    for query in ("", "?", "?runs=x", "?" + "&".join(["run=" + NO_RUN] * 9)):
        answer = site.get("api/events" + query)
        assert answer.status_code == 400
        assert answer.json() == {"error": "invalid_request", "field": "run", "limit": "1 to 8 runs"}


def test_eight_runs_share_a_stream(site: Site) -> None:
    runs = [site.service.start(OWNER, QUICK.replaced(seed=seed), pace=Pace.STEP) for seed in range(4)] * 2
    with site.listen("api/events?" + "&".join(f"run={run.id}" for run in runs)) as stream:
        assert [stream.next().data["run"] for _ in runs] == [run.id for run in runs]


def test_the_seventh_stream_of_a_browser_has_to_wait_and_others_do_not(site: Site) -> None:
    run = site.service.start(OWNER, QUICK, pace=Pace.STEP)
    path, mine = f"api/events?run={run.id}", new_browser()
    with ExitStack() as opened:
        for _ in range(6):
            opened.enter_context(site.listen(path, mine)).next()
        with site.listen(path, mine) as refused:
            assert refused.response.status_code == 429
            assert int(refused.response.headers["retry-after"]) > 0
            assert refused.response.read() == b'{"error":"too_many_streams","limit":6}'
        for browser in (new_browser(), *[""] * 8):  # without a cookie nobody is counted by IP address
            assert opened.enter_context(site.listen(path, browser)).next().name == "state"
    site.nothing_is_left()
    with site.listen(path, mine) as again:
        assert again.next().name == "state"


def test_there_is_a_limit_for_all_together(home_with_digits: Path) -> None:
    with open_service(home_with_digits) as (service, _), serve(service, max_streams=2) as site:
        path = f"api/events?run={service.start(OWNER, QUICK, pace=Pace.STEP).id}"
        with site.listen(path) as first, site.listen(path) as second, site.listen(path, new_browser()) as third:
            assert [each.response.status_code for each in (first, second, third)] == [200, 200, 429]


def test_the_table_holds_every_step_and_the_epochs(site: Site, cluster: ThreadCluster) -> None:
    cluster.max_steps_a_slice = 1
    run = site.service.start(OWNER, QUICK)
    until(lambda: site.service.view(run.id).step >= 15)
    site.service.set_learning_rate(OWNER, run.id, 0.1)
    finish(site.service, run.id)
    ((at, _),) = site.service.view(run.id).changes
    trained = train_slice(QUICK, None, 10**9, changes=((at, "learning_rate", 0.1),))

    answer = site.get(f"api/runs/{run.id}/metrics.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert f'filename="trendlab-{run.id[:8]}.csv"' in answer.headers["content-disposition"]
    table = pd.read_csv(io.StringIO(answer.text))
    assert list(table["step"]) == list(range(1, 37))
    assert list(table["epoch"]) == [1] * 12 + [2] * 12 + [3] * 12
    assert list(table["learning_rate"]) == [0.01] * at + [0.1] * (36 - at)
    assert np.array_equal(table["loss"].to_numpy(np.float32), trained.metrics)
    epochs = table.dropna(subset="val_loss")
    assert list(epochs["step"]) == [e.step for e in trained.evaluations] == [12, 24, 36]
    for name in ("train_loss", "train_accuracy", "val_loss", "val_accuracy"):
        assert list(epochs[name]) == [getattr(e, name) for e in trained.evaluations]


def test_the_table_of_a_run_on_its_way_has_the_rates_of_its_schedule(site: Site) -> None:
    config = QUICK.replaced(schedule="cosine")
    view = site.service.view(site.service.start(OWNER, config, pace=Pace.STEP).id)
    table = pd.read_csv(io.StringIO(metrics_csv(Curve(noisy_losses(18), ()), view)))
    assert list(table["learning_rate"]) == [learning_rate_at(config, (), step, 36) for step in range(18)]


def test_the_table_of_a_run_that_diverged_parses(site: Site) -> None:
    trajectory = new_trajectory()
    site.service._store.add_trajectory(trajectory)
    assert commit(site.service._store, trajectory, [2.0, float("inf"), float("nan")], finding="diverged")
    run = new_run(trajectory)
    site.service._store.add_run(run)
    table = pd.read_csv(io.StringIO(site.get(f"api/runs/{run.id}/metrics.csv").text))
    assert table["loss"].tolist()[:2] == [2.0, float("inf")]
    assert np.isnan(table["loss"][2])


def test_the_table_of_a_run_without_steps_has_its_columns(site: Site) -> None:
    run = site.service.start(OWNER, QUICK, pace=Pace.STEP)
    table = pd.read_csv(io.StringIO(site.get(f"api/runs/{run.id}/metrics.csv").text))
    assert table.empty
    assert "loss" in table.columns


@pytest.mark.parametrize("base_path", ["lab", "/a/b/"])
def test_everything_is_below_the_base_path_too(home_with_digits: Path, base_path: str) -> None:
    with open_service(home_with_digits) as (service, _), serve(service, base_path=base_path) as site:
        run = service.start(OWNER, QUICK)
        finish(service, run.id)
        for base in ("", base_path.strip("/") + "/"):
            assert site.get(f"{base}api/healthz").json()["status"] == "ok"
            assert [each["id"] for each in site.get(f"{base}api/runs").json()] == [run.id]
            assert site.get(f"{base}api/runs/{run.id}/metrics.csv").text.count("\n") == 37
            assert site.get(f"{base}{PLOTLY_URL}").status_code == 200
            for path in (f"api/runs/{run.id}/events", f"api/events?run={run.id}"):
                assert len(site.read_to_end(base + path).losses(run.id)) == 36


def test_the_pages_draw_with_the_plotly_whose_figures_are_made() -> None:
    assert get_plotlyjs_version() == VERSION, f"put plotly.js-cartesian-dist-min {get_plotlyjs_version()} in {SOURCE}"


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_plotly_is_a_module_that_never_changes(site: Site, encoding: str) -> None:
    with httpx.stream("GET", f"{site.address}/{PLOTLY_URL}", headers={"accept-encoding": encoding}) as stream:
        body = b"".join(stream.iter_raw())
    assert stream.headers.get("content-encoding", "identity") == encoding
    assert stream.headers["content-type"].startswith("text/javascript")
    assert "immutable" in stream.headers["cache-control"]
    assert "max-age=31536000" in stream.headers["cache-control"]
    assert stream.headers["vary"].lower() == "accept-encoding"
    text = (gzip.decompress(body) if encoding == "gzip" else body).decode()
    assert re.search(r"^export default module\.exports;\s*\Z", text, re.MULTILINE)
    assert VERSION in PLOTLY_URL
    assert f"v{VERSION}" in text

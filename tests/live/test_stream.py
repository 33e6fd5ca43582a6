"""Event streams as a browser sees them: events, their order, and reconnection."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.live.buckets import bucket_points
from core.runs.records import Intent, Pace
from core.settings import Settings
from core.training import train_slice
from tests.artificial import add_finished_run, commit, evaluation, new_run, new_trajectory, noisy_losses
from tests.live.serving import Received, Site, lines, serve
from tests.parts import OTHER, OWNER, QUICK, ThreadCluster, finish, open_service
from tests.waiting import until

MAX_EVENT_BYTES = 1024


def short(losses: np.ndarray) -> list[float | None]:
    """Losses as written in events."""
    return [point[1] for point in bucket_points(losses, 0, 0)]


def undisturbed() -> list[float | None]:
    return short(train_slice(QUICK, None, 10**9).metrics)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"a\nb\n\n", ["a", "b", ""]),
        (b"a\r\nb\r\rc", ["a", "b", ""]),
        ("é\n".encode(), ["é"]),
    ],
)
def test_the_parser_ends_lines_as_the_standard_says(text: bytes, expected: list[str]) -> None:
    assert list(lines(iter([text]))) == expected
    assert list(lines(bytes([byte]) for byte in text)) == expected


def test_the_first_event_comes_at_once(site: Site) -> None:
    run = site.service.start(OWNER, QUICK, pace=Pace.STEP)
    with site.listen(f"api/runs/{run.id}/events") as stream:
        event = stream.next()
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert "no-transform" in stream.response.headers["cache-control"]
        assert stream.response.headers["x-accel-buffering"] == "no"  # or nginx would buffer it
    assert (event.name, event.data["state"], event.data["run"]) == ("state", "paused", run.id)


def test_a_quiet_stream_says_that_it_is_still_there(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy closes an idle connection, and a browser hears no comments."""
    monkeypatch.setattr("core.live.stream.HEARTBEAT_S", 0.01)
    run = site.service.start(OWNER, QUICK, pace=Pace.STEP)
    with site.listen(f"api/runs/{run.id}/events") as stream:
        stream.next("state")
        assert [event.name for event in itertools.islice(stream, 2)] == ["still_here", "still_here"]


def test_what_another_app_on_the_same_store_writes_down_is_told(home_with_digits: Path) -> None:
    shared = Settings(database_url="postgresql://host/lab")
    with open_service(home_with_digits, settings=shared) as (service, _), serve(service) as site:
        run = service.start(OWNER, QUICK, pace=Pace.STEP)
        with site.listen(f"api/runs/{run.id}/events") as stream:
            stream.next("state")
            service._store.update_run(run.id, intent=Intent.STOPPED)  # without any notification
            assert stream.next("state").data["state"] == "stopped"


def test_a_run_is_told_to_its_end_and_the_end_comes_last(site: Site, cluster: ThreadCluster) -> None:
    cluster.max_steps_a_slice = 1
    run = site.service.start(OWNER, QUICK)
    told = site.read_to_end(f"api/events?run={run.id}")
    assert told.names[-1] == "end"
    assert told.names.count("end") == 1
    assert told.states[-1] == "finished"
    assert told.losses(run.id) == undisturbed()
    assert [epoch for _, epoch in told.epochs] == [1, 2, 3]
    assert told.last_id == "36"


def test_live_reloaded_and_replayed_are_the_same_points(site: Site, cluster: ThreadCluster) -> None:
    cluster.max_steps_a_slice = 5
    run = site.service.start(OWNER, QUICK)
    live = site.read_to_end(f"api/events?run={run.id}")
    reloaded = site.read_to_end(f"api/events?run={run.id}")
    twin = site.service.start(OTHER, QUICK)
    assert twin.recorded
    replayed = site.read_to_end(f"api/events?run={twin.id}")
    assert live.points == reloaded.points
    assert live.epochs == reloaded.epochs
    assert live.losses(run.id) == replayed.losses(twin.id)


def test_a_stream_cut_again_and_again_gives_the_same_curve(site: Site, cluster: ThreadCluster) -> None:
    cluster.max_steps_a_slice = 2
    run = site.service.start(OWNER, QUICK)
    told = Received()
    while "end" not in told.names and len(told.names) < 500:
        with site.listen(f"api/events?run={run.id}", last_id=told.last_id) as stream:
            for event in itertools.islice(stream, 5):  # epochs are sent again after each reconnection
                told.take(event)
    assert told.losses(run.id) == undisturbed()
    assert [epoch for _, epoch in told.epochs] == [1, 2, 3]
    assert told.resets == 0


@pytest.mark.parametrize("header", [True, False])
def test_a_cut_at_any_event_resumes_with_what_lies_after(site: Site, header: bool) -> None:
    run = add_finished_run(site.service._store, steps_per_epoch=1_500, epochs=2)
    path = f"api/events?run={run.id}"
    with site.listen(path) as stream:
        events = list(stream)
    whole = Received()
    for event in events:
        whole.take(event)
    assert len(whole.points) == 750  # buckets of four steps
    for cut in range(1, len(events), 7):
        told = Received()
        for event in events[:cut]:
            told.take(event)
        before = int(told.last_id or 0)
        rest = (
            site.read_to_end(f"{path}&after=0", last_id=told.last_id)
            if header
            else site.read_to_end(f"{path}&after={told.last_id}")
        )
        assert min((step for _, step in rest.points), default=before) == before - before % 4
        assert told.points | rest.points == whole.points
        assert told.epochs | rest.epochs == whole.epochs
        assert rest.resets == 0


def test_an_id_in_the_middle_of_a_bucket_gets_the_bucket_whole(site: Site) -> None:
    run = add_finished_run(site.service._store, steps_per_epoch=1_500, epochs=2)
    whole, rest = site.read_to_end(f"api/events?run={run.id}"), site.read_to_end(f"api/events?run={run.id}&after=2998")
    assert rest.points == {(run.id, 2996): whole.points[run.id, 2996]}


def test_a_cursor_beyond_the_run_begins_anew(site: Site) -> None:
    run = add_finished_run(site.service._store, steps_per_epoch=10, epochs=3)
    told = site.read_to_end(f"api/events?run={run.id}", last_id="31")
    assert told.names[0] == "reset"
    assert len(told.losses(run.id)) == 30
    assert told.names[-1] == "end"


def test_an_id_that_cannot_be_begins_anew(site: Site) -> None:
    run = add_finished_run(site.service._store, steps_per_epoch=10, epochs=3)
    for garbage in ("abc", "-5", "1.5", "1e3", "5,5", "%20", ".", "%D9%A1", "9" * 400, "%00", "0x10", "+7"):
        told = site.read_to_end(f"api/events?run={run.id}&after={garbage}")
        assert len(told.losses(run.id)) == 30, garbage
        assert told.resets == 0


def test_two_runs_share_a_stream_and_its_id_has_a_part_for_each(site: Site, cluster: ThreadCluster) -> None:
    cluster.max_steps_a_slice = 3
    first = site.service.start(OWNER, QUICK)
    second = add_finished_run(site.service._store, steps_per_epoch=10, epochs=3)
    path = f"api/events?run={first.id}&run={second.id}"
    told = site.read_to_end(path)
    assert told.last_id == "36.30"
    assert told.losses(first.id) == undisturbed()
    assert len(told.losses(second.id)) == 30
    assert told.names[-1] == "end"
    rest = site.read_to_end(path, last_id="30.30")
    assert {run for run, _ in rest.points} == {first.id}
    assert min(step for _, step in rest.points) == 30
    assert site.read_to_end(path, last_id="30").points == told.points  # one part for two runs is no id


@pytest.mark.parametrize(("steps_per_epoch", "epochs", "scale"), [(30, 10, 1.0), (2_000, 50, 1e-4), (2_000, 50, 1e15)])
def test_no_event_is_longer_than_a_kilobyte(site: Site, steps_per_epoch: int, epochs: int, scale: float) -> None:
    store = site.service._store
    runs = [add_finished_run(store, steps_per_epoch, epochs, scale=scale, name="名" * 80) for _ in range(2)]
    with site.listen("api/events?" + "&".join(f"run={run.id}" for run in runs)) as stream:
        events = list(stream)
    assert max(event.num_bytes for event in events) <= MAX_EVENT_BYTES
    told = Received()
    for event in events:
        told.take(event)
    for run in runs:
        assert 300 <= sum(run.id == told_run for told_run, _ in told.points) <= 1_000


def test_what_is_no_number_is_told_as_nothing(site: Site) -> None:
    store = site.service._store
    trajectory = new_trajectory()
    store.add_trajectory(trajectory)
    measured = evaluation(1, 10, val_loss=float("nan"), train_loss=float("inf"))
    losses = [2.0, 3e30, float("inf")] + [1.0] * 7 + [float("nan")]
    assert commit(store, trajectory, losses, evaluations=(measured,), finding="diverged", finding_step=11)
    run = new_run(trajectory)
    store.add_run(run)
    told = site.read_to_end(f"api/events?run={run.id}")
    assert told.losses(run.id) == [2.0, 3e30, None, *[1.0] * 7, None]
    assert told.epochs[run.id, 1]["val_loss"] is None
    assert told.epochs[run.id, 1]["train_loss"] is None
    assert told.states == ["diverged"]


def test_a_changed_rate_goes_on_without_doubled_or_lost_points(site: Site, cluster: ThreadCluster) -> None:
    changed = threading.Event()
    cluster.max_steps_a_slice = 1
    cluster.before_slice = lambda _: None if len(cluster.requests) < 20 else until(changed.is_set)  # a step each
    service = site.service
    run = service.start(OWNER, QUICK)
    other = service.start(OTHER, QUICK)  # goes on at the old rate
    told, firsts, rates = Received(), list[int](), list[float]()
    with site.listen(f"api/events?run={run.id}") as stream:
        for event in stream:
            told.take(event)
            if event.name == "metrics":
                firsts += [point[0] for point in event.data["points"]]
                if firsts[-1] >= 14 and not service.view(run.id).changes:
                    service.set_learning_rate(OWNER, run.id, 0.1)
                    changed.set()
            elif event.name == "state":
                rates.append(event.data["learning_rate"])
    ((at, _),) = service.view(run.id).changes
    finish(service, other.id)  # in a thread of this process, whose random numbers the next line draws, too
    expected = train_slice(QUICK, None, 10**9, changes=((at, "learning_rate", 0.1),)).metrics
    assert told.losses(run.id) == short(expected)
    assert firsts == list(range(36))
    assert rates == sorted(rates)
    assert {rates[0], rates[-1]} == {0.01, 0.1}
    assert told.resets == 0
    assert [epoch for _, epoch in told.epochs] == [1, 2, 3]


def test_a_pause_and_more_epochs_are_told_to_who_watches(site: Site) -> None:
    service = site.service
    run = service.start(OWNER, QUICK.replaced(epochs=1), pace=Pace.STEP)
    other = service.start(OTHER, QUICK.replaced(seed=1), pace=Pace.STEP)  # keeps the stream open
    told = Received()
    with site.listen(f"api/events?run={run.id}&run={other.id}") as stream:
        told.take(stream.next("state"))
        service.resume(OWNER, run.id)
        while told.states[-1] != "finished":
            told.take(stream.next())
        service.extend(OWNER, run.id, 2)
        while told.states[-1] != "finished" or len(told.epochs) < 3:
            told.take(stream.next())
    assert told.losses(run.id) == undisturbed()


def test_a_deleted_run_says_so_and_ends(site: Site) -> None:
    run = site.service.start(OWNER, QUICK, pace=Pace.STEP)
    with site.listen(f"api/events?run={run.id}") as stream:
        stream.next("state")
        site.service.delete(OWNER, run.id)
        assert stream.next("state").data["state"] == "deleted"
        assert stream.next().name == "end"
        assert list(stream) == []


def test_a_deletion_taken_back_is_told_too(site: Site) -> None:
    service = site.service
    run, other = (service.start(OWNER, QUICK.replaced(seed=seed), pace=Pace.STEP) for seed in range(2))
    kept = service.run(run.id)
    with site.listen(f"api/events?run={run.id}&run={other.id}") as stream:
        assert [stream.next("state").data["state"] for _ in range(2)] == ["paused", "paused"]
        service.delete(OWNER, run.id)
        assert stream.next("state").data["state"] == "deleted"
        service.restore(OWNER, kept)
        assert stream.next("state").data["state"] == "paused"


def test_a_stream_that_dies_leaves_nothing_behind(site: Site) -> None:
    run = site.service.start(OWNER, QUICK, pace=Pace.STEP)
    for _ in range(3):
        with site.listen(f"api/events?run={run.id}") as stream:
            stream.next()
            assert [len(feed.watchers) for feed in site.hub._feeds.values()] == [1]
        site.nothing_is_left()
    site.read_to_end(f"api/events?run={add_finished_run(site.service._store, 10, 1).id}")
    site.nothing_is_left()


def test_many_watchers_of_a_run_are_told_the_same(site: Site, cluster: ThreadCluster) -> None:
    cluster.max_steps_a_slice = 2
    run = site.service.start(OWNER, QUICK)
    told: list[Received] = []
    watchers = [
        threading.Thread(target=lambda: told.append(site.read_to_end(f"api/events?run={run.id}"))) for _ in range(12)
    ]
    for watcher in watchers:
        watcher.start()
    for watcher in watchers:
        watcher.join(timeout=30)
    assert [each.losses(run.id) for each in told] == [undisturbed()] * 12
    site.nothing_is_left()


def test_a_run_that_grows_past_its_buckets_is_told_in_wider_ones(site: Site) -> None:
    service, store = site.service, site.service._store
    losses = noisy_losses(1_500)
    trajectory = new_trajectory(steps_per_epoch=500, environment="elsewhere")
    store.add_trajectory(trajectory)
    assert commit(store, trajectory, list(losses[:500]), evaluations=(evaluation(1, 500),))
    run = new_run(trajectory, allowed_step=500, target_step=500)
    store.add_run(run)
    other = service.start(OTHER, QUICK, pace=Pace.STEP)
    told = Received()
    with site.listen(f"api/events?run={run.id}&run={other.id}") as stream:
        while not told.epochs:
            told.take(stream.next())
        store.update_run(run.id, target_step=1_500, allowed_step=1_500)
        assert commit(store, replace(store.run(run.id).trajectory, checkpoint_step=500), list(losses[500:]))  # type: ignore[union-attr]
        service._notify(trajectory.id)
        until(lambda: site.hub._feeds[run.id].view.step == 1_500)
        while told.last_id != "1500.0":
            told.take(stream.next())
    later = {step: point for (_, step), point in told.points.items() if step >= 500}
    assert later == {point[0]: point for point in bucket_points(losses, 0, 1) if point[0] >= 500}


def test_who_watches_only_the_end_is_told_at_once(site: Site) -> None:
    run = site.service.start(OWNER, QUICK)
    finish(site.service, run.id)
    told = site.read_to_end(f"api/runs/{run.id}/events", last_id="36")
    assert told.points == {}
    assert told.states == ["finished"]
    assert told.names[-1] == "end"

"""From the engine's thread to many open streams: each run is read and encoded once, however many watch.

A feed is shared by all watchers of a run; a watcher holds only its cursors and a wake flag.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.errors import StoreUnavailable
from core.live.buckets import bucket_exponent, bucket_points, first_bucket_step
from core.live.events import event, in_portions, metrics_data, state_data
from core.runs.service import RunService
from core.runs.views import RunView
from core.training import Evaluation

RETRY_S = 0.5
LOOK_EVERY_S = 0.5
ENCODED_KEPT = 32  # portions that a feed caches; watchers are at the same few positions


@dataclass
class Feed:
    """One watched run: its current view and its curve."""

    view: RunView
    losses: NDArray[np.float32]
    evaluations: dict[int, Evaluation]
    watchers: set[asyncio.Event] = field(default_factory=set)
    gone: bool = False
    _encoded: OrderedDict[tuple[int, int, int], list[tuple[int, str]]] = field(default_factory=OrderedDict)

    @property
    def k(self) -> int:
        return bucket_exponent(self.view.total_steps)

    @property
    def is_final(self) -> bool:
        return self.gone or self.view.is_final

    def metrics_after(self, step: int) -> list[tuple[int, str]]:
        """(last step, data) of each event that leads from a step to the current one."""
        key = (step, self.view.step, self.k)
        if key not in self._encoded:
            self._encoded[key] = list(self._encode(step))
            while len(self._encoded) > ENCODED_KEPT:
                self._encoded.popitem(last=False)
        return self._encoded[key]

    def epochs_from(self, epoch: int) -> list[Evaluation]:
        """The visible measurements of the epochs after `epoch`, in order."""
        return [e for n, e in sorted(self.evaluations.items()) if n > epoch and e.step <= self.view.step]

    def state_text(self) -> str:
        state = state_data(self.view) | ({"state": "deleted"} if self.gone else {})
        return event("state", state)

    def _encode(self, step: int) -> Iterable[tuple[int, str]]:
        first = first_bucket_step(step, self.k)
        for portion in in_portions(bucket_points(self.losses[first : self.view.step], first, self.k)):
            last = min(int(portion[-1][0] or 0) + (1 << self.k), self.view.step)
            yield last, event("metrics", metrics_data(self.view.id, self.k, portion))


class Hub:
    """All feeds of this process. `attach` it to the event loop; its methods must be called there."""

    def __init__(self, service: RunService) -> None:
        self._service = service
        self.is_over = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._feeds: dict[str, Feed] = {}
        self._moved: set[str] = set()
        self._refreshing: asyncio.Task[None] | None = None
        service.subscribe(self._on_moved)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        if self._service.is_shared:
            asyncio.run_coroutine_threadsafe(self._look_around(), loop)

    @property
    def attached(self) -> bool:
        return self._loop is not None

    async def watch(self, run_id: str, wake: asyncio.Event) -> Feed:
        """Join the feed of a run. Raises RunNotFound."""
        view = await asyncio.to_thread(self._service.view, run_id)
        if run_id not in self._feeds:
            feed = Feed(view, np.empty(0, np.float32), {})
            await self._load(feed, view)
            self._feeds.setdefault(run_id, feed)
            self._mark(view.trajectory_id)  # it may have advanced while it was read
        feed = self._feeds[run_id]
        feed.watchers.add(wake)
        return feed

    def leave(self, feed: Feed, wake: asyncio.Event) -> None:
        feed.watchers.discard(wake)
        if not feed.watchers and self._feeds.get(feed.view.id) is feed:
            del self._feeds[feed.view.id]

    def end(self) -> None:
        """End all streams; browsers will reconnect."""
        self.is_over = True
        for feed in self._feeds.values():
            _wake(feed)

    async def _look_around(self) -> None:
        """Poll for changes by other app processes, which send no notice."""
        while True:
            for feed in self._feeds.values():
                self._mark(feed.view.trajectory_id)
            await asyncio.sleep(LOOK_EVERY_S)

    def _on_moved(self, trajectory_id: str) -> None:
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._mark, trajectory_id)

    def _mark(self, trajectory_id: str) -> None:
        self._moved.add(trajectory_id)
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        while self._moved:
            moved, self._moved = self._moved, set()
            feeds = [f for f in self._feeds.values() if f.view.trajectory_id in moved]
            if not feeds:
                continue
            try:
                views = await asyncio.to_thread(self._service.views, [f.view.id for f in feeds])
                for feed in feeds:
                    await self._advance(feed, views.get(feed.view.id))
            except StoreUnavailable:
                self._moved |= moved
                await asyncio.sleep(RETRY_S)

    async def _advance(self, feed: Feed, view: RunView | None) -> None:
        feed.gone = view is None
        if view:
            await self._load(feed, view)
        _wake(feed)

    async def _load(self, feed: Feed, view: RunView) -> None:
        """Read what the feed is missing. A fork shares its past, so a change of rate needs only the new part."""
        known = len(feed.losses)
        if view.trajectory_id != feed.view.trajectory_id:
            known = min(known, feed.view.step)
            feed.evaluations = {n: e for n, e in feed.evaluations.items() if e.step <= known}
        fresh = await asyncio.to_thread(self._service.curve_since, view.trajectory_id, known)
        losses = np.concatenate([feed.losses[:known], fresh.losses])
        if len(losses) < view.step:  # an event made from this would be cached without the missing points
            raise StoreUnavailable(f"{len(losses)} of {view.step} losses could be read")
        feed.losses = losses
        feed.evaluations |= {e.epoch: e for e in fresh.evaluations}
        feed.view = view


def _wake(feed: Feed) -> None:
    for wake in feed.watchers:
        wake.set()

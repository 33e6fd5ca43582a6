"""Questions to workers alongside the training: each asked once for all who want it, a few at a time, and cached."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Generator, Hashable, Sequence
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, TypeVar

from core.runs.fairness import Ledger

KEPT_BYTES = 16 * 2**20  # of answers; most take a few kilobytes, some 200
QUICK_AT_ONCE = 4
LOOK_EVERY_S = 0.05

T = TypeVar("T")
GiveWay = Callable[[], object]  # called repeatedly while waiting; an exception from it ends the wait
Question = tuple[Hashable, Callable[[], T]]  # key, function that gets the answer


@dataclass(eq=False)
class _Asked:
    """A question in progress or answered. `num_bytes` is the size of the pickled answer. A heavy question keeps the
    learners who asked it."""

    ask: Callable[[], Any]
    future: Future[Any] = field(default_factory=Future)
    owners: set[str] = field(default_factory=set)
    waiting: int = 0
    num_bytes: int = 0

    def run(self) -> None:
        try:
            self.future.set_result(self.ask())
        except BaseException as problem:  # raised again by those who wait
            self.future.set_exception(problem)


class Answers:
    """Heavy questions run one at a time, the least served learner's first; quick ones do not wait for them. A question
    that nobody waits for any more is dropped if it has not begun. An error is raised to everyone waiting and then
    forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[Hashable, _Asked] = {}
        self._quick = ThreadPoolExecutor(QUICK_AT_ONCE, thread_name_prefix="answers")
        self._heavy = ThreadPoolExecutor(1, thread_name_prefix="heavy-answers")
        self._heavy_queue: list[_Asked] = []  # heavy ones, waiting or in progress
        self._ledger = Ledger()

    def get(
        self,
        key: Hashable,
        ask: Callable[[], T],
        *,
        heavy_for: str | None = None,
        give_way: GiveWay | None = None,
        kept: bool = True,
    ) -> T:
        """The answer to a question, which `ask` gets. Raises what `ask` raises. A heavy question names its learner. An
        answer that is not `kept` is dropped at once; everyone waiting still gets it."""
        with closing(self.get_each([(key, ask)], heavy_for=heavy_for, give_way=give_way, kept=kept)) as answers:
            return next(answers)

    def get_each(
        self,
        questions: Sequence[Question[T]],
        *,
        heavy_for: str | None = None,
        give_way: GiveWay | None = None,
        kept: bool = True,
    ) -> Generator[T, None, None]:
        """The answers in order, as from `get`. All questions queue up at once, so that a learner with many short ones
        does not wait for another learner's long one before each."""
        asked = [(key, self._join(key, ask, heavy_for)) for key, ask in questions]
        try:
            for _, each in asked:
                yield _wait(each.future, give_way)
        finally:
            for key, each in asked:
                self._leave(key, each, kept)

    def close(self) -> None:
        for pool in (self._quick, self._heavy):
            pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for asked in self._asked.values():
                asked.future.cancel()

    def _join(self, key: Hashable, ask: Callable[[], Any], heavy_for: str | None) -> _Asked:
        with self._lock:
            self._forget()
            asked = self._asked.pop(key, None) or self._new(ask, heavy_for)
            self._asked[key] = asked  # to the end: the last to be dropped
            asked.waiting += 1
            if heavy_for is not None:
                asked.owners.add(heavy_for)
                self._ledger.set_present({owner for each in self._heavy_queue for owner in each.owners})
            return asked

    def _new(self, ask: Callable[[], Any], heavy_for: str | None) -> _Asked:
        asked = _Asked(ask)
        if heavy_for is None:
            self._quick.submit(self._begin, asked)
        else:
            self._heavy_queue.append(asked)
            self._heavy.submit(self._begin_next)
        return asked

    def _begin(self, asked: _Asked) -> None:
        if asked.future.set_running_or_notify_cancel():
            asked.run()

    def _begin_next(self) -> None:
        """Start the next heavy question; among equals the one asked first."""
        with self._lock:
            if not self._heavy_queue:  # the question was dropped in the meantime
                return
            asked = min(self._heavy_queue, key=lambda each: self._ledger.least_s(each.owners))
            asked.future.set_running_or_notify_cancel()
        began = time.monotonic()
        asked.run()
        with self._lock:
            self._ledger.charge(asked.owners, time.monotonic() - began)
            self._heavy_queue.remove(asked)

    def _leave(self, key: Hashable, asked: _Asked, kept: bool) -> None:
        with self._lock:
            asked.waiting -= 1
            is_dropped = not asked.waiting and asked.future.cancel()
            if is_dropped and asked in self._heavy_queue:
                self._heavy_queue.remove(asked)
            is_over = asked.future.done() and not kept
            if (is_dropped or is_over) and self._asked.get(key) is asked:
                del self._asked[key]
            self._forget()

    def _forget(self) -> None:
        """Drop errors, including those nobody waited for, and the oldest answers until the rest fit."""
        for key, asked in list(self._asked.items()):
            if not asked.future.done():
                continue
            if asked.future.cancelled() or asked.future.exception():
                del self._asked[key]
            elif not asked.num_bytes:
                asked.num_bytes = len(pickle.dumps(asked.future.result()))
        too_much = sum(asked.num_bytes for asked in self._asked.values()) - KEPT_BYTES
        for key, asked in list(self._asked.items()):
            if too_much > 0 and asked.num_bytes:
                too_much -= asked.num_bytes
                del self._asked[key]


def _wait(future: Future[Any], give_way: GiveWay | None) -> Any:
    while give_way and not future.done():
        futures.wait([future], timeout=LOOK_EVERY_S)
        give_way()
    return future.result()

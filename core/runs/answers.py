"""What workers were asked beside the training: each question once for all who ask, a few at a time, and remembered."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Hashable
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

KEPT_BYTES = 16 * 2**20  # of answers; most have some kilobytes, few have 200
QUICK_AT_ONCE = 4
LOOK_EVERY_S = 0.05

T = TypeVar("T")
GiveWay = Callable[[], object]  # called while one waits; what it raises ends the waiting


@dataclass
class _Asked:
    """A question under way or answered; `num_bytes` is what the answer takes, as bytes for another process."""

    future: Future[Any]
    waiting: int = 0
    num_bytes: int = 0


class Answers:
    """Heavy questions wait for one another, quick ones do not wait for them. What nobody waits for any more and has not
    begun is dropped; an error is told to those who wait and then forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[Hashable, _Asked] = {}
        self._quick = ThreadPoolExecutor(QUICK_AT_ONCE, thread_name_prefix="answers")
        self._heavy = ThreadPoolExecutor(1, thread_name_prefix="heavy-answers")

    def get(
        self,
        key: Hashable,
        ask: Callable[[], T],
        *,
        heavy: bool = False,
        give_way: GiveWay | None = None,
        kept: bool = True,
    ) -> T:
        """The answer to the question of this name, which `ask` gives. Raises what that raises. One that is not `kept`
        is forgotten when all who wait have it."""
        asked = self._join(key, ask, self._heavy if heavy else self._quick)
        try:
            answer: T = _wait(asked.future, give_way)
            return answer
        finally:
            self._leave(key, asked, kept)

    def close(self) -> None:
        for pool in (self._quick, self._heavy):
            pool.shutdown(wait=False, cancel_futures=True)

    def _join(self, key: Hashable, ask: Callable[[], Any], pool: ThreadPoolExecutor) -> _Asked:
        with self._lock:
            self._forget()
            asked = self._asked.pop(key, None) or _Asked(pool.submit(ask))
            self._asked[key] = asked  # the last in the row is the last to be forgotten
            asked.waiting += 1
            return asked

    def _leave(self, key: Hashable, asked: _Asked, kept: bool) -> None:
        with self._lock:
            asked.waiting -= 1
            is_dropped = not asked.waiting and asked.future.cancel()
            is_over = asked.future.done() and not asked.waiting and not kept
            if (is_dropped or is_over) and self._asked.get(key) is asked:
                del self._asked[key]
            self._forget()

    def _forget(self) -> None:
        """Errors go, also of what nobody waited for to its end, and the oldest answers, until the others fit."""
        for key, asked in list(self._asked.items()):
            if not asked.future.done():
                continue
            if asked.future.cancelled() or asked.future.exception():
                del self._asked[key]
            elif not asked.num_bytes:
                asked.num_bytes = len(pickle.dumps(asked.future.result()))
        too_much = sum(asked.num_bytes for asked in self._asked.values()) - KEPT_BYTES
        for key, asked in list(self._asked.items()):
            if too_much > 0 and asked.num_bytes and not asked.waiting:
                too_much -= asked.num_bytes
                del self._asked[key]


def _wait(future: Future[Any], give_way: GiveWay | None) -> Any:
    while give_way and not future.done():
        futures.wait([future], timeout=LOOK_EVERY_S)
        give_way()
    return future.result()

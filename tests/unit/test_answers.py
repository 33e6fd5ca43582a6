"""Questions alongside training: asked once for all, heavy ones in fair order, and dropped when nobody waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest

from core.runs.answers import KEPT_BYTES, QUICK_AT_ONCE, Answers
from tests.waiting import until

LONG_S = 0.2


class Gate(threading.Event):
    """Opens by itself if a test fails before opening it."""

    def wait(self, timeout: float | None = 10.0) -> bool:
        return super().wait(timeout)


class Left(Exception):
    """The reader went to another page."""


@pytest.fixture
def answers() -> Iterator[Answers]:
    opened = Answers()
    yield opened
    opened.close()


def test_a_question_is_asked_once_for_all_who_wait_for_it(answers: Answers) -> None:
    asked, go_on = [], Gate()

    def ask() -> str:
        asked.append(1)
        go_on.wait()
        return "answer"

    with ThreadPoolExecutor(5) as readers:
        told = [readers.submit(answers.get, "question", ask) for _ in range(4)]
        until(lambda: bool(asked))
        for number in range(5):
            answers.get(number, lambda: bytes(KEPT_BYTES // 4))  # more than is kept
        told.append(readers.submit(answers.get, "question", ask))
        until(lambda: answers._asked["question"].waiting == 5)
        go_on.set()
        assert {each.result() for each in told} == {"answer"}
    assert answers.get("question", ask) == "answer"
    assert len(asked) == 1


def test_an_error_is_told_and_the_next_one_asks_again(answers: Answers) -> None:
    with pytest.raises(ZeroDivisionError):
        answers.get("question", lambda: 1 // 0)
    assert not answers._asked
    assert answers.get("question", lambda: 7) == 7


def test_an_error_is_told_to_all_who_wait(answers: Answers) -> None:
    go_on = Gate()
    with ThreadPoolExecutor(2) as readers:
        ask = lambda: go_on.wait() and 1 // 0  # noqa: E731
        told = [readers.submit(answers.get, "file", ask, kept=False) for _ in range(2)]
        until(lambda: "file" in answers._asked and answers._asked["file"].waiting == 2)
        go_on.set()
        assert [type(each.exception()) for each in told] == [ZeroDivisionError] * 2


def test_an_error_that_nobody_waited_for_is_not_told_later(answers: Answers) -> None:
    begun, go_on = Gate(), Gate()

    def fail() -> None:
        begun.set()
        go_on.wait()
        raise ZeroDivisionError

    def leave() -> None:
        begun.wait()
        raise Left

    with pytest.raises(Left):
        answers.get("question", fail, give_way=leave)
    go_on.set()
    until(lambda: answers._asked["question"].future.done())
    assert answers.get("question", lambda: 7) == 7


def test_the_oldest_answers_are_forgotten(answers: Answers) -> None:
    for number in range(4):
        answers.get(number, lambda number=number: number.to_bytes() * (KEPT_BYTES // 4))
    assert answers.get(3, lambda: b"anew")[:1] == b"\3"
    assert answers.get(1, lambda: b"anew")[:1] == b"\1"
    assert answers.get(0, lambda: b"anew") == b"anew"


def test_what_is_not_to_be_kept_is_forgotten_at_once(answers: Answers) -> None:
    assert answers.get("file", lambda: b"large", kept=False) == b"large"
    assert answers.get("file", lambda: b"anew", kept=False) == b"anew"
    assert not answers._asked


def test_a_quick_question_does_not_wait_for_a_heavy_one(answers: Answers) -> None:
    go_on = Gate()
    with ThreadPoolExecutor(1) as reader:
        heavy = reader.submit(answers.get, "heavy", go_on.wait, heavy_for="ann")
        assert answers.get("quick", lambda: 1) == 1
        assert not heavy.done()
        go_on.set()


@pytest.mark.parametrize("heavy_for", ["ann", None])
def test_what_nobody_waits_for_is_never_begun(answers: Answers, heavy_for: str | None) -> None:
    go_on, begun = Gate(), []

    def leave() -> None:
        raise Left

    with ThreadPoolExecutor(QUICK_AT_ONCE) as readers:
        for number in range(QUICK_AT_ONCE):
            readers.submit(answers.get, number, go_on.wait, heavy_for=heavy_for)
        until(lambda: len(answers._asked) == QUICK_AT_ONCE)
        with pytest.raises(Left):
            answers.get("left", lambda: begun.append(1), heavy_for=heavy_for, give_way=leave)
        go_on.set()
    assert answers.get("last", lambda: "last", heavy_for=heavy_for) == "last"
    assert begun == []


def test_who_waits_when_the_app_ends_is_let_go(answers: Answers) -> None:
    go_on, told = Gate(), []

    def wait_in_line() -> None:
        with pytest.raises(CancelledError):
            answers.get("second", lambda: 2, heavy_for="ann")
        told.append("ended")

    with ThreadPoolExecutor(1) as reader:
        first = reader.submit(answers.get, "first", go_on.wait, heavy_for="ann")
        until(lambda: "first" in answers._asked and answers._asked["first"].future.running())
        threading.Thread(target=wait_in_line, daemon=True).start()
        until(lambda: "second" in answers._asked)
        answers.close()
        go_on.set()
        assert first.result()
    until(lambda: told == ["ended"])


def test_who_still_waits_gets_the_answer_when_another_leaves(answers: Answers) -> None:
    go_on = Gate()

    def leave() -> None:
        raise Left

    with ThreadPoolExecutor(2) as readers:
        first = readers.submit(answers.get, "first", go_on.wait, heavy_for="ann")
        stays = readers.submit(answers.get, "second", lambda: 2, heavy_for="ann")
        until(lambda: "second" in answers._asked)
        with pytest.raises((Left, CancelledError)):
            answers.get("second", lambda: 3, heavy_for="ann", give_way=leave)
        go_on.set()
        assert first.result()
        assert stays.result() == 2


class Line:
    """One heavy question in progress with others queued behind it, and the order in which they then start."""

    def __init__(self, answers: Answers, readers: ThreadPoolExecutor) -> None:
        self.begun: list[str] = []
        self._answers, self._readers, self._go_on = answers, readers, Gate()
        self._waiting = [readers.submit(answers.get, "under way", self._go_on.wait, heavy_for="ann")]
        until(lambda: "under way" in answers._asked and answers._asked["under way"].future.running())

    def add(self, owner: str, *names: str) -> None:
        questions = [(name, self._asking(name)) for name in names]
        self._waiting.append(self._readers.submit(lambda: list(self._answers.get_each(questions, heavy_for=owner))))
        asked = self._answers._asked
        until(lambda: all(name in asked and owner in asked[name].owners for name in names))

    def order(self) -> list[str]:
        self._go_on.set()
        for each in self._waiting:
            each.result()
        return self.begun

    def _asking(self, name: str) -> Callable[[], None]:
        def ask() -> None:
            self.begun.append(name)
            time.sleep(LONG_S if name.startswith("long") else 0)

        return ask


def test_many_heavy_questions_of_one_do_not_hold_up_one_of_another(answers: Answers) -> None:
    with ThreadPoolExecutor(8) as readers:
        line = Line(answers, readers)
        for number in range(5):
            line.add("ann", f"long {number}")
        line.add("bob", "bob's")
        assert line.order()[0] == "bob's"


def test_many_short_questions_do_not_each_wait_for_a_long_one_of_another(answers: Answers) -> None:
    parts = [f"part {number}" for number in range(8)]
    with ThreadPoolExecutor(8) as readers:
        line = Line(answers, readers)
        line.add("ann", "long 1")
        line.add("ann", "long 2")
        line.add("bob", *parts)
        assert line.order() == [*parts, "long 1", "long 2"]


def test_a_heavy_question_of_several_has_the_turn_of_the_least_served(answers: Answers) -> None:
    with ThreadPoolExecutor(8) as readers:
        line = Line(answers, readers)
        line.add("ann", "long 1")
        line.add("ann", "shared")
        line.add("bob", "shared")
        assert line.order() == ["shared", "long 1"]

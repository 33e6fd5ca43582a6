"""Questions beside the training: asked once for all, the heavy ones one at a time, and dropped when nobody waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest

from core.runs.answers import KEPT_BYTES, Answers
from tests.parts import until


class Left(Exception):
    """The reader went to another page."""


@pytest.fixture
def answers() -> Iterator[Answers]:
    opened = Answers()
    yield opened
    opened.close()


def test_a_question_is_asked_once_for_all_who_wait_for_it(answers: Answers) -> None:
    asked, go_on = [], threading.Event()

    def ask() -> str:
        asked.append(1)
        go_on.wait()
        return "answer"

    with ThreadPoolExecutor(5) as readers:
        told = [readers.submit(answers.get, "question", ask) for _ in range(5)]
        until(lambda: bool(asked))
        go_on.set()
        assert {each.result() for each in told} == {"answer"}
    assert answers.get("question", ask) == "answer"
    assert len(asked) == 1


def test_an_error_is_told_and_the_next_one_asks_again(answers: Answers) -> None:
    with pytest.raises(ZeroDivisionError):
        answers.get("question", lambda: 1 // 0)
    assert answers.get("question", lambda: 7) == 7


def test_an_error_that_nobody_waited_for_is_not_told_later(answers: Answers) -> None:
    begun, go_on = threading.Event(), threading.Event()

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
    go_on = threading.Event()
    with ThreadPoolExecutor(1) as reader:
        heavy = reader.submit(answers.get, "heavy", go_on.wait, heavy=True)
        assert answers.get("quick", lambda: 1) == 1
        assert not heavy.done()
        go_on.set()


def test_what_nobody_waits_for_is_never_begun(answers: Answers) -> None:
    go_on, begun = threading.Event(), []

    def leave() -> None:
        raise Left

    with ThreadPoolExecutor(1) as reader:
        reader.submit(answers.get, "heavy", go_on.wait, heavy=True)
        with pytest.raises(Left):
            answers.get("left", lambda: begun.append(1), heavy=True, give_way=leave)
        go_on.set()
    assert answers.get("last", lambda: "last", heavy=True) == "last"
    assert begun == []


def test_who_still_waits_gets_the_answer_when_another_leaves(answers: Answers) -> None:
    go_on = threading.Event()

    def leave() -> None:
        raise Left

    with ThreadPoolExecutor(2) as readers:
        first = readers.submit(answers.get, "first", go_on.wait, heavy=True)
        stays = readers.submit(answers.get, "second", lambda: 2, heavy=True)
        until(lambda: "second" in answers._asked)
        with pytest.raises((Left, CancelledError)):
            answers.get("second", lambda: 3, heavy=True, give_way=leave)
        go_on.set()
        assert first.result()
        assert stays.result() == 2

"""The teacher's handout: a key that follows the questions, and a page that shows what the Markdown says."""

from __future__ import annotations

import re

import pytest

from core.content.handout import answer_key, to_html
from core.content.pages import page_text
from core.content.quiz import Item, readable
from core.content.quiz import say as quiz_text
from core.content.words import Words, languages

ITEMS = [(page, item) for page, items in readable().items() for item in items]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("page", "item"), ITEMS, ids=lambda each: getattr(each, "key", each))
def test_the_key_holds_the_right_answer_of_every_question(page: str, item: Item, language: str) -> None:
    key = answer_key(Words(language), page, [item])
    answer = key.splitlines()[1]
    right = [quiz_text(choice.text, language, page) for choice in item.choices if choice.right or item.kind == "order"]
    wrong = [quiz_text(choice.text, language, page) for choice in item.choices if choice.feedback and not choice.right]
    places = [answer.index(text) for text in right]
    assert places == sorted(places)
    numbers = [f"{each:,.15g}".replace(",", "\u202f") for each in (item.answer, item.low, item.high)]
    assert right or re.search(".*?".join(map(re.escape, numbers)), answer)
    assert not any(text in answer for text in wrong if not any(text in each for each in right))
    assert quiz_text(item.explanation, language, page) in key


def test_marks_become_html_and_nothing_else_does() -> None:
    text = "# A & B\n\nOne **two** *three* `4 < 5` [six](https://a.b)\nseven\n\n| a | b |\n|---|---|\n| 1 | <i> |"
    page = to_html("T <", text, "zh")
    assert '<html lang="zh-Hans">' in page
    assert "<title>T &lt;</title>" in page
    assert "<h1>A &amp; B</h1>" in page
    assert "<strong>two</strong> <em>three</em> <code>4 &lt; 5</code>" in page
    assert '<a href="https://a.b">six</a><br>seven</p>' in page
    assert "<tr><th>a</th><th>b</th></tr><tr><td>1</td><td>&lt;i&gt;</td></tr>" in page
    assert "<ul><li>x<li>y</ul>" in to_html("", "- x\n- y", "en")


def test_a_list_goes_on_after_its_inner_lists() -> None:
    assert '<ol start="2"><li>b<ul><li>c</li></ul></ol>' in to_html("", "1. a\n\n2. b\n    - c", "en")


@pytest.mark.parametrize("language", languages())
def test_the_plans_fill_their_time(language: str) -> None:
    page = page_text("teach", language)
    for key, minutes in (("lesson45", 45), ("lesson90", 90)):
        spans = [
            tuple(int(part) for part in re.match(r"\*\*(\d+)–(\d+)", line).groups())  # type: ignore[union-attr]
            for line in page.section(key).text.splitlines()
            if line.startswith("**") and line[2].isdigit()
        ]
        assert spans[0][0] == 0
        assert spans[-1][1] == minutes
        assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]


@pytest.mark.parametrize("key", ["what", "why", "how", "where", "next"])
def test_an_answer_has_at_most_120_words(key: str) -> None:
    assert len(page_text("questions", "en").text(key).split()) <= 120

"""Search: in both languages, case-folded, safe for any input, and not stopped by a broken file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.content import quiz, search
from core.content.plain import escaped, plain
from core.content.search import Hit
from core.errors import ContentError


def titles(query: str, language: str = "en") -> list[str]:
    return [hit.entry.title[hit.language] for hit in search.search(query, language)]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("residual connection", "term"),
        ("残差连接", "term"),
        ("spaCy", "tool"),
        ("SPACY", "tool"),
        ("ｓｐａＣｙ", "tool"),
        ("LeNet-5", "model"),
        ("Adam SGD", "question"),
        ("newer recipe", "page"),
        ("新的训练方法", "page"),
    ],
)
def test_every_kind_is_found_in_either_language_whatever_the_reader_s(query: str, kind: str) -> None:
    for language in ("en", "zh"):
        assert kind in {hit.entry.kind for hit in search.search(query, language)}


def test_the_reader_s_language_comes_first_where_both_hold_the_words() -> None:
    assert {hit.language for hit in search.search("ResNet", "zh")} == {"zh"}
    assert {hit.language for hit in search.search("怎么训练", "en")} == {"zh"}


def test_a_title_comes_before_a_text() -> None:
    assert titles("momentum")[0].startswith("momentum")


def test_all_words_must_occur() -> None:
    assert search.search("momentum xyzzy", "en") == []


def test_the_cut_is_the_text_around_the_word() -> None:
    hit: Hit = next(hit for hit in search.search("recipe", "en") if hit.entry.kind == "page")
    assert search.folded(hit.found) == "recipe"
    text = hit.entry.text["en"]
    assert hit.before.strip("…") + hit.found + hit.after.strip("…") in text
    assert (hit.before[0], hit.after[-1]) == ("…", "…")
    assert 0 < len(hit.before.strip("…")) <= search.BEFORE_CHARS
    assert 0 < len(hit.after.strip("…")) <= search.AFTER_CHARS


@pytest.mark.parametrize(
    "query", ["", "   ", "\n\t", "*" * 5000, "<script>", "$x$", ":red[", "](", "\\", "\x00", "ß" * 9, "İ"]
)
def test_hostile_and_empty_queries_do_no_harm(query: str) -> None:
    for hit in search.search(query, "en"):
        assert len(hit.found) <= search.MAX_QUERY_CHARS


@pytest.mark.parametrize("text", ["İstanbul ß ﬁ", "ＣＮＮ 卷积", "plain"])
def test_folding_keeps_every_place(text: str) -> None:
    assert len(search.folded(text)) == len(text)


def test_what_is_shown_is_shown_as_it_stands() -> None:
    assert escaped("a*b [x](y) $z$ :red[q] <b>") == r"a\*b \[x\]\(y\) \$z\$ \:red\[q\] \<b\>"
    assert escaped("http://a.b") == "http\\:\\/\\/\u2060a\\.b"  # of what is only escaped, Markdown makes a link
    assert [escaped(each).count("\u2060") for each in ("HTTPS://a", "www.a.b", "a@b.c", "www, ://")] == [1, 1, 1, 1]
    assert plain("**Bold** [link](http://a) `code`\n- item :small[tiny]") == "Bold link code item tiny"
    assert plain("2 * 3 and snake_case") == "2 * 3 and snake_case"
    assert plain(r"so $$\text{FLOP} = 2 \times \frac{A}{N^\alpha}$$") == "so FLOP = 2 × A / N^alpha"
    assert plain("2 $ or 3 $") == "2 $ or 3 $"


def test_a_broken_page_or_quiz_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fresh: None) -> None:  # noqa: ARG001
    def broken(name: str, language: str) -> None:
        raise ContentError(f"content/{language}/{name}.md", 1, "broken")

    (tmp_path / "broken.toml").write_text("[one\n", encoding="utf-8")
    assert quiz.readable(tmp_path) == {}
    monkeypatch.setattr(search, "page_text", broken)
    kinds = {entry.kind for entry in search.index()}
    assert kinds == {"question", "term", "tool", "model"}


@pytest.fixture
def fresh() -> Iterator[None]:
    search.index.cache_clear()
    yield
    search.index.cache_clear()


def test_a_model_that_is_found_leads_to_its_card() -> None:
    found = [hit.entry for hit in search.search("GPT-3 175B", "en") if hit.entry.kind == "model"]
    assert [(entry.page, entry.address) for entry in found] == [("home", {"card": "gpt_3_175b"})]


def test_a_tool_and_a_term_lead_to_where_they_stand() -> None:
    def places(query: str, kind: str) -> list[tuple[str, dict[str, str]]]:
        found = [hit.entry for hit in search.search(query, "en") if hit.entry.kind == kind]
        return [(entry.page, dict(entry.address)) for entry in found]

    assert places("spaCy", "tool")[0] == ("tools", {"tool_field": "nlp_library"})
    assert places("residual connection", "term") == [("deep", {})]

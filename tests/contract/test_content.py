"""The survey's texts, facts and questions are complete, consistent in both languages, and every figure has a source."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.content.experiments import experiments
from core.content.figures import FIGURE, Source, fill, sources
from core.content.glossary import glossary, term
from core.content.numbers import half_up, number_text
from core.content.pages import page_names, page_text
from core.content.quiz import FOLDER as QUIZZES
from core.content.quiz import Item, quiz
from core.content.quiz import say as quiz_text
from core.content.words import languages, texts
from core.errors import ContentError
from core.facts.tables import FOLDER, table
from core.survey.computed import COMPUTED

HAN = re.compile(r"[\u3400-\u9fff]")
HAN_THEN_ASCII = re.compile(r"[\u3400-\u9fff][,.;:!?]")
SPACE_AFTER_BOLD = re.compile(r"[。，？！]\*\* ")
# A typed decimal number with a percent sign is a figure that should come from the facts.
TYPED_FIGURE = re.compile(r"(?<![\w{/.])\d+\.\d+ ?%")
TABLES = sorted(path.stem for path in FOLDER.glob("*.csv"))
ITEMS = [item for path in sorted(QUIZZES.glob("*.toml")) for item in quiz(path.stem)]  # a broken file fails here
MAX_PREFERENCE_CHARS = 200
# What the pages tell, each computed again from data/facts: with SciPy where it is a rank correlation or a fit.
TOLD = {
    "depth_spearman": 0.815744, "depth_spearman_all": 0.281192, "depth_rows": 15,
    "vision_rows": 27, "vision_work_rank": 0.622711, "vision_size_rank": 0.346764,
    "vit_times": 3.515477, "work_times": 19.632 / 0.386,
    "recognition_error": 3.57, "detr_ap": 42.0, "yolo_ap": 54.4, "driven_miles": 56.7e6,
    "mmlu_rows": 12, "mmlu_by_compute": 0.811189, "mmlu_by_size": 0.535903,
    "mmlu_dense_rows": 10, "mmlu_dense_by_compute": 0.951515, "mmlu_dense_by_size": 0.255320,
    "tokens_each_2021": 300 / 280, "tokens_each_2024": 154.36873,
    "glue_months": 13, "chinchilla_token_ratio": 1400 / 300,
    "flop_per_byte_p100": 28.96175, "flop_per_byte_a100": 312 / 2.039, "flop_per_byte_h100": 989.4 / 3.35,
    "gpt_3_days": 6 * 175e9 * 300e9 / (1000 * 312e12 * 0.4) / 86_400, "h800_price_usd": 2.0,
    "deepseek_6nd": 6 * 671e9 * 14.8e12 / 3.408e24,
    "approach_3_n": 32e9, "approach_3_d": 3e12, "replication_n": 72e9, "replication_d": 1.3e12,
    "applications_rows": 43, "applications_lab": 37, "applications_service": 1,
    "ill_1_in_10": 51.02399, "ill_1_in_100": 8.651652, "cnn_parameters": 307_006,
    "outlook_rows": 19, "outlook_forecast": 8.180960e13, "outlook_times": 201.99901, "outlook_explained": 47.44005,
    "outlook_low": 3.745683e10, "outlook_high": 1.786806e17,
    "outlook_dense": 2.427711e12, "outlook_dense_times": 5.994348,
    "compute_months": 5.339174, "compute_months_low": 4.693016, "compute_months_high": 6.191675, "compute_models": 66,
    "size_months": 6.841062, "size_months_low": 3.936899, "size_months_high": 26.078862,
    "dense_median_2021": 207e9, "dense_median_2024": 72.705e9, "compute_values": 104, "compute_estimates": 92,
    "closed_models": 18, "closed_unsized": 11, "scale_powers": 14.250109, "scale_years": 26.646817,
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_every_fact_has_a_source_with_a_link(name: str) -> None:
    for row in table(name).values():
        link = urlsplit(row["source_url"] or "")
        assert link.scheme in ("http", "https"), row["key"]
        assert link.netloc, row["key"]


@pytest.mark.parametrize("name", page_names())
def test_a_page_says_the_same_in_both_languages(name: str) -> None:
    english, chinese = page_text(name, "en"), page_text(name, "zh")
    assert english.sections.keys() == chinese.sections.keys()
    assert english.terms == chinese.terms
    assert [term(each) for each in english.terms]
    for key in english.sections:
        first, second = english.section(key), chinese.section(key)
        assert bool(first.title) == bool(second.title)
        assert figures_in(first.text) == figures_in(second.text), f"{name}: {key}"
        assert first.text
        assert second.text
        english.text(key)
        chinese.text(key)


def figures_in(text: str) -> set[str]:
    return {found[1] for found in FIGURE.finditer(text)}


@pytest.mark.parametrize("name", page_names())
def test_a_language_has_its_own_script_and_no_figure_is_typed(name: str) -> None:
    for language in languages():
        page = page_text(name, language)
        for text in (page.claim, *(section.text for section in page.sections.values())):
            assert not TYPED_FIGURE.search(text), f"{name}: {TYPED_FIGURE.search(text)}"
            if language == "zh":
                assert not HAN_THEN_ASCII.search(text), HAN_THEN_ASCII.search(text)
                assert not SPACE_AFTER_BOLD.search(text), SPACE_AFTER_BOLD.search(text)
        prose = "".join(section.text for section in page.sections.values())
        assert bool(HAN.search(prose)) == (language == "zh"), name


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: f"{item.page}/{item.key}")
def test_a_question_is_whole_in_both_languages(item: Item) -> None:
    texts = [item.question, item.explanation, *(choice.text for choice in item.choices)]
    texts += [choice.feedback for choice in item.choices if choice.feedback]
    texts += [item.unit] if item.unit else []
    for text in texts:
        assert text.keys() == languages().keys()
        for language in languages():
            assert quiz_text(text, language, item.page).strip()
        assert not HAN.search(text["en"])
        assert not HAN_THEN_ASCII.search(text["zh"])
    assert sorted(item.shuffled()) == list(range(len(item.choices)))


@pytest.mark.parametrize("page", sorted({item.page for item in ITEMS}))
def test_a_pages_questions_are_three_or_more_and_fit_where_answers_are_kept(page: str) -> None:
    items = quiz(page)
    assert len(items) >= 3
    assert sum(len(item.key) + 3 for item in items) <= MAX_PREFERENCE_CHARS


def test_the_answers_of_estimates_follow_from_the_facts() -> None:
    networks = table("imagenet_top1")
    expected = {
        "home/doubling": 2 ** (24 / COMPUTED["compute_months"].value()),
        "deep/returns": networks["resnet_152"].number("top1_percent") - networks["resnet_50"].number("top1_percent"),
        "vision/fewer": COMPUTED["work_times"].value(),
        "language/tokens": COMPUTED["chinchilla_token_ratio"].value(),
        "scale/gpt3_days": COMPUTED["gpt_3_days"].value(),
        "scale/memory_7b": 7 * (2 + 2 + 12),
        "applications/positive": COMPUTED["ill_1_in_10"].value(),
        "tools/largest": 64 * 6 * 6 * 120 + 120,
        "outlook/two_models": COMPUTED["outlook_dense_times"].value(),
    }
    answers = {f"{item.page}/{item.key}": item.answer for item in ITEMS if item.kind == "estimate"}
    assert answers == pytest.approx(expected, rel=0.01)


def test_an_estimate_is_close_by_ratio() -> None:
    item = next(each for each in ITEMS if (each.page, each.key) == ("deep", "returns"))
    assert (item.low, item.answer, item.high) == (1.5, 2.2, 3)
    ends = 2.2 * (1.5 / 2.2) ** 3, 2.2 * (3 / 2.2) ** 3
    guesses = ends[0] - 0.01, ends[0] + 0.01, 1.49, 1.5, 3, 3.01, ends[1] - 0.01, ends[1] + 0.01, -2
    found = ["far", "close", "close", "right", "right", "close", "close", "far", "far"]
    assert [item.closeness(guess) for guess in guesses] == found


def test_a_figure_of_each_kind_has_its_source() -> None:
    row = table("landmark_models")["gpt_3_175b"]
    lab = next(iter(table("lab_runs")))
    text = f"{{{{lab_runs/{lab}/key}}}} {{{{landmark_models/gpt_3_175b/parameters}}}} {{{{computed/depth_rows}}}}"
    assert sources([text, text]) == [
        Source("data/facts/lab_runs.csv", "", "lab_runs"),
        Source(row["source"], row["source_url"]),
        Source("data/facts/imagenet_top1.csv", "", "depth_spearman"),
    ]


def test_every_experiment_can_be_trained() -> None:
    assert all(experiments().values())


@pytest.mark.parametrize(
    ("column", "english", "chinese"),
    [
        ("parameters|count", "175 billion", "1750亿"),
        ("training_compute_flop|power", "3.1 × 10²³", "3.1 × 10²³"),
        ("published|year", "2020", "2020"),
        ("name", "GPT-3 175B", "GPT-3 175B"),
    ],
)
def test_a_figure_stands_in_a_text_as_asked_for(column: str, english: str, chinese: str) -> None:
    text = f"<{{{{landmark_models/gpt_3_175b/{column}}}}}>"
    assert (fill(text, "en"), fill(text, "zh")) == (f"<{english}>", f"<{chinese}>")


@pytest.mark.parametrize("name", COMPUTED)
def test_a_computed_figure_names_its_table_and_stands_in_a_text(name: str) -> None:
    computed = COMPUTED[name]
    assert computed.table in TABLES
    assert computed.value() == pytest.approx(TOLD[name], rel=1e-5)
    assert computed.value() == computed.value()
    assert fill(f"{{{{computed/{name}}}}}", "en") == number_text(computed.value())


def test_the_glossary_can_be_read() -> None:
    assert all(set(each.name) == set(languages()) for each in glossary().values())


@pytest.mark.parametrize("language", languages())
def test_units_that_say_nothing_are_named_as_in_the_glossary(language: str) -> None:
    heading = texts(language)["understand.distributions.dead"].lower().removesuffix("s")
    assert heading == term("silent unit").name[language]


def test_a_further_language_has_two_columns_of_the_glossary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"en": "English", "de": "Deutsch", "zh": "中文"}
    monkeypatch.setattr("core.content.glossary.languages", lambda: told)
    file = tmp_path / "glossary.md"
    file.write_text(
        "| English | 中文 | Deutsch | Meaning | 含义 | Bedeutung |\n|---|---|---|---|---|---|\n"
        "| layer | 层 | Schicht | One stage. | 一个环节。 | Eine Stufe. |\n",
        encoding="utf-8",
    )
    (found,) = glossary(file).values()
    assert found.name == {"en": "layer", "zh": "层", "de": "Schicht"}
    assert found.meaning == {"en": "One stage.", "zh": "一个环节。", "de": "Eine Stufe."}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("| English | 中文 | Meaning | 含义 |\n\n| layer | 层 | One stage. |\n", 3),
        ("\n| English | Latin | A | B |\n", 2),
    ],
)
def test_a_broken_glossary_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "broken.md").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        glossary(tmp_path / "broken.md")
    assert (caught.value.facts()["file"], caught.value.facts()["line"]) == ("broken.md", line)


@pytest.mark.parametrize(
    ("value", "how", "english", "chinese"),
    [
        (175e9, "count", "175 billion", "1750亿"),
        (999.96e6, "count", "1 billion", "10亿"),
        (99_999_999, "count", "100 million", "1亿"),
        (3.4567e16, "count", "34570 trillion", "34570万亿"),
        (3.14e23, "power", "3.1 × 10²³", "3.1 × 10²³"),
        (69.758, "1", "69.8", "69.8"),
        (14370.0, "", "14\u202f370", "14\u202f370"),
        (62.5, "0", "63", "63"),
        (1.34e-6, "", "1.3 × 10⁻⁶", "1.3 × 10⁻⁶"),
        (0.0005, "", "0.0005", "0.0005"),
        (0.0, "power", "0", "0"),
        (-3e6, "count", "-3 million", "-300万"),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(value: float, how: str, english: str, chinese: str) -> None:
    assert number_text(value, how, "en") == english
    assert number_text(value, how, "zh") == chinese


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("key,source,source_url\na,b,http://c\na,b,http://c\n", 3),
        ("key,source\na,b\n", 1),
        ("key,source,source_url\na,b\n", 2),
        ("key,source,source_url\n,b,http://c\n", 2),
    ],
)
def test_a_broken_table_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "broken.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        table("broken", tmp_path)
    assert caught.value.facts()["file"] == "broken.csv"
    assert caught.value.facts()["line"] == line


def test_nothing_is_written_as_less_than_nothing() -> None:
    assert (half_up(-0.0004, ".1%"), half_up(-0.04, ".1f")) == ("0.0%", "0.0")


RIGHT, WRONG = '{text.en = "a", right = true}', '{text.en = "b", feedback.en = "no"}'


@pytest.mark.parametrize(
    ("kind", "rest", "problem"),
    [
        ("guess", f"choice = [{RIGHT}, {WRONG}]", "kind is none of"),
        ("choose", f"choice = [{RIGHT}, {RIGHT}, {WRONG}]", "2 right answers"),
        ("choose", f'choice = [{RIGHT}, {{text.en = "b"}}]', "no feedback"),
        ("several", f"choice = [{RIGHT}, {WRONG}, {WRONG}]", "several means"),
        ("several", f"choice = [{RIGHT}, {RIGHT}]", "several means"),
        ("order", f"choice = [{WRONG}, {WRONG}]", "fewer than three"),
        ("estimate", "answer = 5\nlow = 6\nhigh = 7", "outside"),
        ("estimate", "answer = 5\nlow = 0\nhigh = 7", "above zero"),
    ],
)
def test_a_question_that_cannot_be_answered_is_named(tmp_path: Path, kind: str, rest: str, problem: str) -> None:
    text = f'\n[one]\nkind = "{kind}"\nquestion.en = "?"\nexplanation.en = "!"\n{rest}\n'
    (tmp_path / "broken.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=problem) as caught:
        quiz("broken", tmp_path)
    assert caught.value.facts()["line"] == 2


def test_a_broken_page_and_a_broken_quiz_are_named_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "broken.md").write_text("# Claim\n\ntext {{no/such/figure}}\n## Not a key\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        page_text("broken", "en", tmp_path)
    assert caught.value.facts()["line"] == 4
    (tmp_path / "broken.toml").write_text('[one]\nkind = "choose"\nquestion.en = "?"\n', encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        quiz("broken", tmp_path)
    assert caught.value.facts()["file"] == "quiz/broken.toml"

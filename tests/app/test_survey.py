"""The survey's pages as a reader uses them: every page in every language, its questions, its experiment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

import pytest
from streamlit.testing.v1 import AppTest

from core.content import pages
from core.content.quiz import Item, quiz, readable, with_unit
from core.content.quiz import say as quiz_text
from core.content.words import Words, languages
from core.errors import ContentError, StoreUnavailable
from core.runs.service import RunService
from core.settings import PROJECT
from core.ui.services import services
from core.ui.shell import GROUPS
from core.ui.topics.evidence import clicked_point
from core.ui.topics.home import TOPICS
from core.ui.topics.landmark_card import CLICKED
from tests.app.conftest import Open, go_to, table_of

PAGES = [name for group in GROUPS.values() for name in group if (PROJECT / "pages" / f"{name}.py").exists()]
SURVEY = [name for name in PAGES if name in pages.page_names()]
HAN = re.compile(r"[\u3400-\u9fff]")
# Four consecutive English words in lower case: a sentence, not a name.
ENGLISH_SENTENCE = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,} [a-z]{2,}\b")
CODE_OR_FORMULA = re.compile(r"```.*?```|`[^`]*`|\$[^$]*\$|\[[^\]]*\]\([^)]*\)|https?://\S+", re.DOTALL)


def prose_of(app: AppTest) -> list[str]:
    """All prose on the page, without code, formulas, links and titles of sources."""
    elements = [*app.markdown, *app.caption, *app.title, *app.header]
    return [CODE_OR_FORMULA.sub(" ", str(element.value)) for element in elements]


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_and_speaks_its_language(open_page: Open, name: str, lang: str) -> None:
    app = open_page(name, lang=lang)
    assert [each.message for each in app.exception] == []
    assert [each.value for each in app.error] == []
    assert app.title[0].value == Words(lang)(f"{name}.title")
    if name in SURVEY:
        charts = [str(each.proto.id).rpartition("-chart_")[-1] for each in app.get("plotly_chart")]
        assert [
            key for key in charts if f"csv_{key}" not in [button.key for button in app.get("download_button")]
        ] == []
        other = ENGLISH_SENTENCE if lang == "zh" else HAN
        assert [text for text in prose_of(app) if other.search(text) and (name, lang) != ("home", "en")] == []


@pytest.mark.parametrize("lang", languages())
def test_a_topic_has_one_name_on_its_card_in_the_navigation_and_on_its_page(open_page: Open, lang: str) -> None:
    say = Words(lang)
    links = [each.proto.label for each in open_page("home", lang=lang).get("page_link")]
    assert [name for name in TOPICS if f":primary[{say(f'{name}.nav')}]" not in links] == []
    assert [name for name in TOPICS if say(f"{name}.nav") != say(f"{name}.title")] == []


def test_a_question_tells_what_is_wrong_about_the_very_answer_and_remembers_it(open_page: Open) -> None:
    item, say = quiz("deep")[0], Words("en")
    app = open_page("deep")
    wrong = next(place for place, choice in enumerate(item.choices) if not choice.right)
    right = next(place for place, choice in enumerate(item.choices) if choice.right)
    app.radio(key=f"choice_deep_{item.key}").set_value(wrong).run()
    app.button(key=f"answer_deep_{item.key}").click().run()
    assert item.choices[wrong].feedback["en"] in app.warning[0].value
    app.radio(key=f"choice_deep_{item.key}").set_value(right).run()
    assert not app.warning, "the feedback of another answer is gone"
    app.button(key=f"answer_deep_{item.key}").click().run()
    assert say("quiz.right") in app.success[0].value
    app.button(key="next_deep").click().run()
    assert say("quiz.place", n=2, of=len(quiz("deep"))) in " ".join(each.value for each in app.markdown)


def all_questions() -> None:
    """A separate script with every question in its own card."""
    from core.content.quiz import readable
    from core.ui.quiz import questions
    from core.ui.session import words

    for page, items in readable().items():
        for item in items:
            questions(words(), f"{page}_{item.key}", [item])


def tries(item: Item, say: Words) -> Iterator[tuple[list[float], str]]:
    """Answers, wrong ones first, each with the required feedback."""
    right = [place for place, choice in enumerate(item.choices) if choice.right]
    if item.kind == "estimate":
        yield [item.high * 1e6], say("quiz.estimate_far", answer=with_unit(item, item.answer, say.language))
        yield [item.answer], say("quiz.estimate_right", answer=with_unit(item, item.answer, say.language))
        return
    if item.kind == "order":
        right = list(range(len(item.choices)))
        yield right[::-1], say("quiz.none_in_place", n=0)
    for place, choice in enumerate(item.choices):
        if choice.feedback:
            yield [place], quiz_text(choice.feedback, say.language, item.page)
    yield right, say("quiz.right")


def answer(app: AppTest, item: Item, given: Sequence[float]) -> None:
    key = f"choice_{item.page}_{item.key}"
    if item.kind == "estimate":
        app.number_input(key=key).set_value(given[0])
    elif item.kind == "order":
        app.multiselect(key=key).set_value(given)
    elif item.kind == "several":
        for place in range(len(item.choices)):
            app.checkbox(key=f"{key}_{place}").set_value(place in given)
    else:
        app.radio(key=key).set_value(given[0])


def test_a_browser_is_told_again_in_the_other_language_what_is_chosen(open_page: Open) -> None:
    radio, several, order = quiz("deep")[0], quiz("questions")[0], next(i for i in quiz("tools") if i.kind == "order")
    for page, item in ("deep", radio), ("questions", several), ("tools", order):
        app = open_page(page)
        answer(app, item, [1])
        app.run()
        app.button_group(key="lang").set_value("zh").run()
        key = f"choice_{page}_{item.key}"
        widgets = {widget.key: widget for widget in (*app.radio, *app.checkbox, *app.multiselect)}
        widget = widgets[f"{key}_1" if item.kind == "several" else key]
        assert (widget.value, widget.proto.set_value) == ({"order": [1], "several": True}.get(item.kind, 1), True)


def test_a_full_disk_takes_no_feedback_and_is_told_where_runs_are(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreUnavailable("full")

    open_page("home")
    monkeypatch.setattr(RunService, "outage", StoreUnavailable("full"))
    monkeypatch.setattr(services().runs._store, "set_preference", refuse)
    assert [len(open_page(page).warning) for page in ("compare", "questions", "deep")] == [1, 0, 0]
    app = open_page("deep")
    answer(app, quiz("deep")[0], [next(at for at, choice in enumerate(quiz("deep")[0].choices) if choice.right)])
    app.run().button(key=f"answer_deep_{quiz('deep')[0].key}").click().run()
    assert not app.exception
    assert not app.warning
    assert Words("en")("quiz.right") in app.success[0].value


@pytest.mark.usefixtures("open_page")
@pytest.mark.parametrize("lang", languages())
def test_every_answer_to_every_question_is_told_what_is_right_or_wrong_about_it(lang: str) -> None:
    say, items = Words(lang), [item for page in readable().values() for item in page]
    app = AppTest.from_function(all_questions, default_timeout=60)
    app.query_params["lang"] = lang
    app.run()
    for turn in zip_longest(*(list(tries(item, say)) for item in items)):
        asked = [(item, *one) for item, one in zip(items, turn, strict=True) if one]
        for item, given, _ in asked:
            answer(app, item, given)
        app.run()
        for item, _, _ in asked:
            app.button(key=f"answer_{item.page}_{item.key}_{item.key}").click()
        app.run()
        told = " ".join(box.value for box in (*app.success, *app.warning))
        assert [(item.key, words) for item, _, words in asked if words not in told] == []
    assert not app.warning
    assert len(app.success) == len(items)


def test_an_experiment_trains_all_its_runs_and_leads_to_their_comparison(open_page: Open) -> None:
    app = open_page("deep")
    app.button(key="run_deep").click().run()
    assert app.title[0].value == Words("en")("compare.title")
    runs = [services().runs.view(run_id) for run_id in app.query_params["runs"].split(".")]
    assert [(view.config.optimizer, view.config.learning_rate) for view in runs] == [
        ("sgd", 0.001), ("sgd", 0.01), ("adam", 0.001), ("adam", 0.01),
    ]  # fmt: skip
    begun = app.query_params.pop("runs")
    go_to(app, "deep").button(key="run_deep").click().run()
    assert app.query_params["runs"] == begun


def test_a_page_whose_text_is_broken_names_the_file_and_the_others_work(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(name: str, language: str) -> pages.PageText:
        raise ContentError(f"content/{language}/{name}.md", 7, "no figure {{a/b/c}}")

    with monkeypatch.context() as patch:
        patch.setattr("core.ui.topics.topic.page_text", broken)
        app = open_page("deep")
        assert "content/en/deep.md" in app.error[0].value
        assert "7" in app.error[0].value
        go_to(app, "train")
        assert not app.error
    assert not app.exception


def test_the_card_of_a_clicked_point_is_shown_once(open_page: Open) -> None:
    app = open_page("home")
    app.session_state[CLICKED] = "alexnet"
    assert "University of Toronto" in prose_of(app.run())
    assert "University of Toronto" not in prose_of(app.run())


def test_a_second_click_on_a_point_asks_for_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr("core.ui.topics.evidence.st.session_state", state)
    told = []
    for points in ([{"customdata": ["gpt_4", ""]}], [], [{"x": 1}], []):
        state["chart_scale"] = {"selection": {"points": points}}
        told.append(clicked_point("scale"))
    assert told == ["gpt_4", "gpt_4", None, None]


def test_an_answer_that_is_right_in_part_says_how_far(open_page: Open) -> None:
    say, order = Words("en"), next(item for item in quiz("tools") if item.kind == "order")
    app = open_page("tools")
    app.multiselect(key=f"choice_tools_{order.key}").set_value([0, 2, 1, *range(3, len(order.choices))]).run()
    app.button(key=f"answer_tools_{order.key}").click().run()
    assert say("quiz.in_place", n=1) in app.warning[0].value
    several = quiz("questions")[0]
    app = open_page("questions")
    one = next(place for place, choice in enumerate(several.choices) if choice.right)
    app.checkbox(key=f"choice_questions_{several.key}_{one}").check().run()
    app.button(key="answer_questions_what_what").click().run()
    assert say("quiz.more") in app.warning[0].value


def test_a_forecast_far_off_is_told_in_plain_numbers(open_page: Open) -> None:
    app = open_page("outlook", mid2024="5e15", revealed="true")
    assert "12\u202f300 times fewer" in app.info[0].value
    assert "202 times too many" in app.info[0].value
    for stop, verdict in (("5e11", "About right."), ("1e11", "4.05 times more.")):
        assert verdict in open_page("outlook", mid2024=stop, revealed="true").info[0].value


def test_the_calculators_tell_hand_calculations(open_page: Open) -> None:
    """GPT-3: 6 · 175e9 · 300e9 FLOP, on 1,000 A100 of 312 TFLOP/s and 400 W at 40 % and 2 dollars an hour."""
    app = open_page("scale")
    told = ["3.15 × 10²³ FLOP", "29.2 days", "280 MWh", "1.4 million USD"]
    assert [each.value for each in app.metric] == told
    assert [cells[1:] for cells in zip(*table_of(app, "what_if").values(), strict=True)] == [
        ("1\u202f000", "40%", "29.2 days", "1.4 million"),
        ("2\u202f000", "40%", "14.6 days", "1.4 million"),
        ("2\u202f000", "30%", "19.5 days", "1.87 million"),
        ("1\u202f000", "100%", "11.7 days", "561\u202f000"),
    ]
    app = open_page("scale", scale_n="70000000000", scale_d="1400000000000", scale_chips="16", scale_use="50")
    assert [each.value for each in app.metric] == ["5.88 × 10²³ FLOP", "7.46 years", "419 MWh", "2.09 million USD"]
    app = open_page("scale", scale_n="1000000", scale_d="100000000", scale_chips="1", scale_use="5")
    assert app.metric[1].value == "0.0107 hours"


def test_a_split_is_judged_by_both_laws(open_page: Open) -> None:
    app = open_page("language", size_b="70", curves="true")
    (verdict,) = [each.value for each in app.info if "Chinchilla's fit" in each.value]
    numbers = re.findall(r"\d\.\d{3}|\d+(?= billion)", verdict)
    assert numbers == ["32", "72", "0.007", "0.000", "0.053", "0.019"]  # the reader's split, then Gopher's size

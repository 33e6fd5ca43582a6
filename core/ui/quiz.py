"""Questions on a page, one at a time, with immediate feedback."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.content.quiz import Item, quiz, with_unit
from core.content.quiz import say as quiz_text
from core.content.words import Words
from core.errors import ContentError
from core.ui.address import ANSWER
from core.ui.buttons import button
from core.ui.progress import RIGHT, WRONG, answers, keep_answer

MARKS = {RIGHT: "✓", WRONG: "✗", "": "○"}  # no icons: screen readers would read their English names
WIDTH_PX = 720


def quiz_card(say: Words, page: str) -> None:
    """The page's questions, starting with the first unanswered one. An unreadable file is named."""
    try:
        questions(say, page, quiz(page))
    except ContentError as problem:
        st.error(say.error(problem), icon=":material/quiz:")


@st.fragment
def questions(say: Words, name: str, items: Sequence[Item]) -> None:
    """A card with questions; `name` distinguishes it from other cards."""
    known = {page: answers(page) for page in {item.page for item in items}}
    kept = {item.key: known[item.page].get(item.key, "") for item in items}
    place = f"question_{name}"
    open_ones = (number for number, item in enumerate(items) if not kept[item.key])
    at = st.session_state.setdefault(place, next(open_ones, 0)) % len(items)
    item = items[at]
    with st.container(border=True, key=f"quiz_{name}"):
        marks = " ".join(MARKS[kept[each.key]] for each in items)
        st.markdown(f":small[{say('quiz.place', n=at + 1, of=len(items))}\u2002{marks}]")
        st.markdown(f"**{quiz_text(item.question, say.language, item.page)}**", width=WIDTH_PX)
        answer = _answer(say, item)
        result = f"result_{item.page}_{item.key}"
        with st.container(horizontal=True):
            button(
                say("quiz.answer"), "check", primary=True, key=f"answer_{name}_{item.key}", disabled=not answer,
                on_click=_take, args=(item, answer, result),
            )  # fmt: skip
            if len(items) > 1:
                button(say("quiz.next"), "arrow_forward", key=f"next_{name}", on_click=_turn_to, args=(place, at + 1))
        if (given := st.session_state.get(result)) and given == answer:
            _feedback(say, item, given)


def _take(item: Item, answer: Sequence[float], result: str) -> None:
    st.session_state[result] = answer
    keep_answer(item, _is_right(item, answer))


def _turn_to(place: str, at: int) -> None:
    st.session_state[place] = at


def _answer(say: Words, item: Item) -> list[float]:
    """The reader's answer: the indices of the choices, or the number; empty for none yet."""
    key = f"{ANSWER}{item.page}_{item.key}"
    if item.kind == "estimate":
        unit = quiz_text(item.unit, say.language, item.page) if item.unit else ""
        guess = st.number_input(say("quiz.estimate", unit=unit), value=None, key=key, width=280, format="%g")
        return [] if guess is None else [float(guess)]
    label = say(f"quiz.kind.{item.kind}")
    texts = [quiz_text(choice.text, say.language, item.page) for choice in item.choices]
    shown = item.shuffled()
    if item.kind == "order":
        chosen = st.multiselect(
            label, shown, format_func=texts.__getitem__, key=key, placeholder=say("quiz.order_hint")
        )
        return list(chosen) if len(chosen) == len(texts) else []
    if item.kind == "several":
        st.caption(label)
        return [place for place in shown if st.checkbox(texts[place], key=f"{key}_{place}")]
    picked = st.radio(label, shown, format_func=texts.__getitem__, key=key, index=None)
    return [] if picked is None else [picked]


def _is_right(item: Item, answer: Sequence[float]) -> bool:
    if item.kind == "estimate":
        return item.closeness(answer[0]) == "right"
    return item.is_right([int(place) for place in answer])


def _feedback(say: Words, item: Item, answer: Sequence[float]) -> None:
    """Feedback on this particular answer, then the explanation."""
    if item.kind == "estimate":
        how = item.closeness(answer[0])
        first = say(f"quiz.estimate_{how}", answer=with_unit(item, item.answer, say.language))
    else:
        how = "right" if _is_right(item, answer) else "wrong"
        first = say(f"quiz.{how}")
    lines = [first, *_of_choices(say, item, answer)]
    if how == "right" or item.kind == "estimate":  # a wrong choice may be tried again
        lines.append(quiz_text(item.explanation, say.language, item.page))
    box, icon = (st.success, "check_circle") if how == "right" else (st.warning, "lightbulb")
    box("\n\n".join(line for line in lines if line), icon=f":material/{icon}:", width=WIDTH_PX)


def _of_choices(say: Words, item: Item, answer: Sequence[float]) -> list[str]:
    """The feedback of each wrong choice; if there is none, how far an incomplete answer has come."""
    if item.kind == "estimate" or _is_right(item, answer):
        return []
    if item.kind == "order":
        in_place = next(at for at, place in enumerate(answer) if at != place)
        return [say("quiz.in_place" if in_place else "quiz.none_in_place", n=in_place)]
    chosen = [item.choices[int(place)] for place in answer]
    lines = [quiz_text(choice.feedback, say.language, item.page) for choice in chosen if choice.feedback]
    return lines or [say("quiz.more")]

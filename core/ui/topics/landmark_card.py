"""A landmark model's card: all recorded facts, which of them are estimates, and the sources."""

from __future__ import annotations

import streamlit as st

from core.charts.evidence import EPOCH_AI
from core.charts.landmark_table import amount, slug
from core.content.words import Words
from core.facts.tables import Row, table
from core.survey.landmarks import MEASURES, TABLE, standing
from core.ui.address import addressed_choice, put

KEY = "card"
NONE = "none"
CLICKED = "clicked_model"  # in the session, for one script run: the model whose card to open


def choose_model(key: str) -> None:
    """For a callback: show this model's card, and open it once in a dialog over the chart."""
    if key in table(TABLE):
        put(KEY, key)
        st.session_state[CLICKED] = key


def show_clicked(say: Words) -> None:
    """The card of the clicked point, in a dialog, so that nobody has to look for it."""
    if key := st.session_state.pop(CLICKED, None):
        row = table(TABLE)[key]
        st.dialog(row["name"], icon=":material/info:")(_card)(say, row)


def model_card(say: Words) -> None:
    """A select box for a model, which a click on the chart also sets, and its card."""
    rows = table(TABLE)
    chosen = addressed_choice(KEY, (NONE, *rows), NONE)
    names = {key: f"{row['name']} · {row['published'][:4]}" for key, row in rows.items()}
    st.selectbox(
        say("home.card.choose"), (NONE, *sorted(rows, key=lambda key: str(rows[key]["name"]).lower())),
        format_func=lambda key: names.get(key, say("home.card.none")), key=KEY,
    )  # fmt: skip
    if chosen != NONE:
        st.markdown(f"**{names[chosen]}**")
        _card(say, rows[chosen])


def _card(say: Words, row: Row) -> None:
    st.markdown(row["organisation"])
    st.markdown("\n".join(f"- {line}" for line in (*_origin(say, row), *_measures(say, row))))
    if note := row.text("note", say.language):
        st.markdown(say("home.card.note", note=note))
    st.caption(_sources(say, row))


def _origin(say: Words, row: Row) -> list[str]:
    countries = [say(f"home.card.country_{slug(each)}") for each in row["country"].split("; ")]
    lines = [
        say("home.card.published", day=row["published"], country=say("topic.runs_separator").join(countries)),
        say(
            "home.card.kind", domain=say(f"home.domain.{row['domain']}"),
            architecture=say(f"home.card.architecture_{slug(row['architecture'])}"),
        ),
    ]  # fmt: skip
    if row["open_weights"]:
        lines.append(say(f"home.card.weights_{row['open_weights']}"))
    if row["depth_layers"]:
        known = say("home.reported" if row["depth_checked"] == "yes" else "home.unchecked")
        lines.append(say("home.card.depth", n=int(row["depth_layers"]), known=known))
    return lines


def _measures(say: Words, row: Row) -> list[str]:
    return [
        say("home.card.measure", measure=say(f"home.measure.{name}"), amount=amount(say, row, name),
            known=say(f"home.{standing(row, name)}"))
        if row[column] is not None
        else say("home.card.unpublished", measure=say(f"home.measure.{name}"))
        for name, column in MEASURES.items()
    ]  # fmt: skip


def _sources(say: Words, row: Row) -> str:
    source = say("evidence.source", source=f"[{row['source']}]({row['source_url']})")
    if not row["estimated_fields"]:
        return source
    estimates = say("home.card.estimates", source=f"[{EPOCH_AI[0]}]({EPOCH_AI[1]})")
    return f"{source}{say('language.gap')}{estimates}"

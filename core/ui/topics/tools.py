"""Tools and resources: purpose and licence of each, starter code, one network in two frameworks."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts.evidence import AS_OF, Evidence, table_row
from core.config import RunConfig
from core.content.examples import TWINS, first_lines, program
from core.content.plain import escaped
from core.content.words import Words
from core.export.program import script
from core.facts.tables import Row, table
from core.ui.buttons import button
from core.ui.choices import choose, pick
from core.ui.shell import TEXT_PX, page_file
from core.ui.topics.evidence import below
from core.ui.topics.topic import Topic, topic_page

ALL = "all"
FIELDS = ("framework", "nlp_library", "vision_library", "dataset", "reading")
LEVELS = ("beginner", "advanced")
FIRST = "pytorch"


def tools_page() -> None:
    topic_page("tools", _body)


def _body(topic: Topic) -> None:
    topic.beside(lambda: _list(topic.say))
    topic.section("first")
    _first_lines(topic.say)
    topic.section("twins")
    _twins()
    with topic.try_it():
        _take_home(topic.say)
    topic.check()


def _list(say: Words) -> None:
    """The survey's own tools by field, then the others, both filtered."""
    field, level = _filters(say)
    rows = [row for row in table("tools").values() if field in (ALL, row["category"]) and level in (ALL, row["level"])]
    named = [row for row in rows if row["from_survey"] == "yes"]
    others = [row for row in rows if row["from_survey"] != "yes"]
    if not rows:
        st.info(say("tools.nothing"), icon=":material/filter_alt_off:")
        return
    st.markdown(_listed(say, named))
    if others:
        is_narrow = (field, level) != (ALL, ALL)
        with st.expander(say("tools.others", n=len(others)), expanded=is_narrow):
            st.markdown(_listed(say, others))
    st.caption(say("tools.licences"))
    source = (say("tools.source"), "")
    below(say, "tools", Evidence({}, "", [_table_row(say, row) for row in [*named, *others]], [source], AS_OF))


def _filters(say: Words) -> tuple[str, str]:
    with st.container(horizontal=True, gap="medium"):
        field, level = (
            choose(say, f"tool_{key}", [ALL, *names], f"tools.{key}", f"tools.{key}s.{{}}", pills=True, wrap=True)
            for key, names in (("field", FIELDS), ("level", LEVELS))
        )
    return field, level


def _listed(say: Words, rows: Sequence[Row]) -> str:
    parts = []
    for field in FIELDS:
        lines = [f"- {_line(say, row)}" for row in rows if row["category"] == field]
        if lines:
            parts.append("\n".join([f"**{say(f'tools.titles.{field}')}**", "", *lines]))
    return "\n\n".join(parts)


def _line(say: Words, row: Row) -> str:
    return say(
        "tools.line", name=escaped(row["name"]), url=row["homepage"], what=row.text("what_for", say.language),
        licence=escaped(_licence(say, row)), level=say(f"tools.levels.{row['level']}"),
    )  # fmt: skip


def _licence(say: Words, row: Row) -> str:
    licence = row.text("licence", say.language)
    return licence if row["checked"] == "yes" else say("tools.marked", licence=licence)


def _table_row(say: Words, row: Row) -> dict[str, str]:
    return table_row(
        say,
        "tools.table",
        name=row["name"],
        field=say(f"tools.fields.{row['category']}"),
        level=say(f"tools.levels.{row['level']}"),
        what=row.text("what_for", say.language),
        size=row.text("size", say.language),
        licence=row.text("licence", say.language),
        checked=say(f"tools.table.{row['checked'] if row['checked'] == 'yes' else 'no'}"),
        from_survey=say(f"tools.table.{row['from_survey']}"),
        link=row["homepage"],
    )


def _first_lines(say: Words) -> None:
    """The example of one tool, in the order of the list."""
    tools, examples = table("tools"), first_lines()
    options = [key for key in tools if key in examples]
    with st.container(width=TEXT_PX):
        key = pick("tool", options, say("tools.library"), lambda each: str(tools[each]["name"]), FIRST, width=320)
        row = tools[key]
        how = [say("tools.install", package=row["package"])] if row["package"] else []
        st.caption(say("language.gap").join([row.text("what_for", say.language), *how]))
        st.code(program(f"first/{key}"), language="python", wrap_lines=True)


def _twins() -> None:
    for column, (name, file) in zip(st.columns(2, gap="medium"), TWINS.items(), strict=True):
        with column:
            st.markdown(f"**{name}**")
            st.code(program(file), language="python", wrap_lines=True)


def _take_home(say: Words) -> None:
    """The lab's program as a file, a link to read it, and the command that writes it."""
    with st.container(horizontal=True):
        st.download_button(
            say("tools.download"), lambda: script(RunConfig(), lang=say.language), "trendlab.py", "text/x-python",
            icon=":material/download:", key="tools_script", on_click="ignore",
        )  # fmt: skip
        if button(say("tools.lab"), "code", primary=True, key="to_code"):
            st.session_state["after"] = say("after.code")
            st.switch_page(page_file("train"))
    st.caption(say("tools.command"))
    command = f"python -m core export --to script --lang {say.language} trendlab.py"
    st.code(f"{command}\npython trendlab.py", language="shell", wrap_lines=True)

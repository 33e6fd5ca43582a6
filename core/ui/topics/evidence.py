"""Published evidence on a page: the chart, its source, its points as a table, CSV and picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

import streamlit as st

from core.charts.evidence import Evidence
from core.charts.house import Mode
from core.content.words import Words
from core.ui.drawing import page_mode, picture_config
from core.ui.tables import draw_table

CHARTS_KEPT = 256  # for all charts together; a figure takes some ten kilobytes
SOURCES_SHOWN = 3
TABLE_PX = 640  # maximum width of a popover

Builder = Callable[..., Evidence]  # (say, mode, **options)


def evidence(
    say: Words,
    key: str,
    builder: Builder,
    *,
    on_point: Callable[[], None] | None = None,
    drawn_by: Callable[[Evidence], None] | None = None,
    **options: Hashable,
) -> Evidence:
    """Draw a chart with its source, table and downloads. Equal charts are built once for all sessions."""
    shown = _built(builder, say.language, page_mode(), tuple(options.items()))
    show(say, key, shown, on_point, drawn_by)
    return shown


def show(
    say: Words,
    key: str,
    shown: Evidence,
    on_point: Callable[[], None] | None = None,
    drawn_by: Callable[[Evidence], None] | None = None,
) -> None:
    """Draw a chart that is already built.

    `on_point` is called when a point was clicked, which `clicked_point(key)` then returns. `drawn_by` replaces the
    default drawing of the figure.
    """
    if drawn_by:
        drawn_by(shown)
    else:
        st.plotly_chart(
            shown.figure, theme=None, key=f"chart_{key}", alt=shown.alt, config=picture_config(say, key),
            on_select=on_point or "ignore", selection_mode="points",
        )  # fmt: skip
    below(say, key, shown)


def clicked_point(key: str) -> str | None:
    """The first entry of the `customdata` of the point clicked on a chart; None for none.

    A second click on a point deselects it, but the reader has clicked on it all the same.
    """
    last = f"clicked_{key}"
    if points := st.session_state[f"chart_{key}"]["selection"]["points"]:
        first = next((point["customdata"] for point in points if point.get("customdata")), None)
        st.session_state[last] = str(first[0]) if first else None
    found: str | None = st.session_state.get(last)
    return found


def below(say: Words, key: str, shown: Evidence) -> None:
    """Draw what belongs below a chart: source, date, licence, and its points as a table and CSV."""
    named = [f"[{text}]({url})" if url else text for text, url in shown.sources]
    is_long = len(named) > SOURCES_SHOWN
    source = say("evidence.and_others", first=named[0], n=len(named) - 1) if is_long else "; ".join(named)
    parts = [
        say("evidence.source", source=source),
        shown.as_of and say("evidence.as_of", day=shown.as_of),
        shown.licence,
    ]
    text = say("language.gap").join(part for part in parts if part)
    st.markdown(f":small[{text}]")  # links in a caption are too faint
    with st.container(horizontal=True):
        label = say("evidence.table", n=len(shown.rows))
        with st.popover(label, icon=":material/table:", key=f"table_{key}", on_change="rerun") as opened:
            if opened.open:
                draw_table(say, shown.rows, f"rows_{key}", label, width_px=TABLE_PX)
                if is_long:
                    st.markdown("\n".join(f"- {each}" for each in named))
        st.download_button(
            say("runs.csv"), lambda: to_csv(shown), f"trendlab-{key}.csv", "text/csv", icon=":material/download:",
            key=f"csv_{key}", on_click="ignore",
        )  # fmt: skip


def to_csv(shown: Evidence) -> bytes:
    """The plotted points, with a byte order mark, so that spreadsheets read Chinese."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(shown.rows[0]) if shown.rows else [])
    writer.writeheader()
    writer.writerows(shown.rows)
    return out.getvalue().encode("utf-8-sig")


@lru_cache(CHARTS_KEPT)
def _built(builder: Builder, language: str, mode: Mode, options: tuple[tuple[str, Any], ...]) -> Evidence:
    return builder(Words(language), mode, **dict(options))

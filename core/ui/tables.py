"""Tables with sortable columns and selectable rows.

Streamlit's own would load pandas, 70 MB, into the app process, and draw on a canvas, without text search, screen reader
support or line wrapping.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from core.content.words import Words
from core.ui.components import component, no_op

Row = Mapping[str, str | float | None]  # column heading -> cell
HEIGHT_PX = 420
FEW = 6  # up to this many rows are shown in full, even as cards on a phone

_component = component(
    "trendlab_table", '<div class="tl-table"></div>', css=["tables/style.css"], js=["tables/main.js"]
)


def draw_table(
    say: Words,
    rows: Sequence[Row],
    key: str,
    label: str,
    *,
    ids: Sequence[str] = (),
    focus: str = "",
    percents: Collection[str] = (),
    prose: bool = False,
    width_px: int | None = None,
) -> list[str]:
    """Draw rows, all with the same columns; a cell with a URL is a link.

    With `ids`, one per row, rows can be selected; the ids of selected rows are returned, in row order. Such rows
    contain text by readers, so none of their cells is a link. `focus` is the id of a row to move the focus to, once.
    The columns `percents` are percentages and get a bar. `prose` says that cells contain sentences: on a phone each row
    is then a card. `width_px` sets the width where the container does not, as in a popover.
    """
    data = {
        "columns": [{"name": name, "percent": name in percents} for name in (rows[0] if rows else ())],
        "rows": [list(row.values()) for row in rows],
        "ids": list(ids),
        "focus": focus,
        "label": label,
        "choose": say.by_prefix("table")["choose"],
        "lang": say.language,
        "prose": prose,
        "height": HEIGHT_PX if len(rows) > FEW else None,
        "width": width_px,
    }
    result = _component(key=key, data=[data], on_chosen_change=no_op)  # why in a list: core/ui/lab/live_chart.py
    chosen = set(result.chosen or ())
    return [each for each in ids if each in chosen]

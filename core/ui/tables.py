"""Tables that are sorted by their heads, and of which rows may be chosen.

Streamlit's own would bring pandas into the pages' process, 70 MB of it, and draw on a canvas that no search, screen
reader or wrapped line reaches.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from core.content.words import Words
from core.ui.components import component, nothing

Row = Mapping[str, str | float | None]  # the reader's name of a column -> its cell
HEIGHT_PX = 420
FEW = 6  # so many rows are shown whole, though each is a card on a phone

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
    percents: Collection[str] = (),
    prose: bool = False,
    width_px: int | None = None,
) -> list[str]:
    """Draw rows, all with the same columns; a cell with an address is a link.

    With `ids`, one a row, rows may be chosen: those chosen are returned, in the order of the rows. They hold what
    readers wrote, so none of their cells is a link. The columns `percents` hold shares of 100 and get a bar. `prose`
    says that cells hold sentences: on a phone each row is then a card of its own. Where the place does not give it a
    width, as in a popover, `width_px` does.
    """
    data = {
        "columns": [{"name": name, "percent": name in percents} for name in (rows[0] if rows else ())],
        "rows": [list(row.values()) for row in rows],
        "ids": list(ids),
        "label": label,
        "choose": say.under("table")["choose"],
        "lang": say.language,
        "prose": prose,
        "height": HEIGHT_PX if len(rows) > FEW else None,
        "width": width_px,
    }
    result = _component(key=key, data=[data], on_chosen_change=nothing)  # why in a list: core/ui/lab/live_chart.py
    chosen = set(result.chosen or ())
    return [each for each in ids if each in chosen]

"""A board to draw on, by mouse, finger or keyboard, next to a network's answer to the drawing."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from core.content.words import Words
from core.interpret.preprocess import INK_SIDE
from core.ui.components import component, component_value

KEY = "board"

_component = component(
    "trendlab_drawing_board",
    "understand/board/frame.html",
    css=["announcement.css", "button.css", "understand/board/style.css"],
    js=[
        "app_root.js",
        "understand/board/ink.js",
        "understand/board/reader.js",
        "understand/board/shown.js",
        "understand/board/main.js",
    ],
)


def drawing_address(run_id: str, epoch: int) -> str:
    """The URL at which the board asks a run's network after an epoch, without a rerun."""
    return f"api/runs/{run_id}/drawing?" + urlencode({"epoch": epoch})


def drawing_board(
    say: Words,
    url: str,
    classes: Sequence[str],
    *,
    on_chosen: Callable[[], None],
    on_ink: Callable[[], None],
    answer: Mapping[str, object] | None,
) -> None:
    """`on_chosen` is called when the reader asks why; `chosen_pixels()` then has the pixels that the network saw.
    Without a `url` the board asks the page: `on_ink` is called, `drawn_ink()` has the drawing, and `answer` is sent
    to the board."""
    data = {
        "url": url,
        "side": INK_SIDE,
        "classes": list(classes),
        "texts": say.by_prefix("understand.board"),
        "lang": say.language,
        "answer": answer,
    }
    _component(key=KEY, data=[data], on_chosen_change=on_chosen, on_ink_change=on_ink)


def chosen_pixels() -> bytes | None:
    """In the callback: the pixels; None if they are not a picture of 24x24."""
    return _bytes_of("chosen", 24 * 24)


def drawn_ink() -> bytes | None:
    """In the callback: INK_SIDE x INK_SIDE bytes of ink."""
    return _bytes_of("ink", INK_SIDE**2)


def _bytes_of(name: str, num_bytes: int) -> bytes | None:
    try:
        read = base64.b64decode(str(component_value(KEY, name)), validate=True)
    except ValueError:
        return None
    return read if len(read) == num_bytes else None

"""Static figures on a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import streamlit as st

from core.charts.house import Figure, Mode
from core.content.words import Words


def draw(
    say: Words, figure: Figure, key: str, alt: str, width: Literal["stretch", "content"] = "stretch",
    on_point: Callable[[Sequence[Any]], None] | None = None,
) -> None:  # fmt: skip
    """Draw a static figure in the house style, with a button that saves it as a picture. A click on a point calls
    `on_point` with the point's `customdata`."""

    def clicked() -> None:
        points = st.session_state[key]["selection"]["points"]
        if on_point and points and points[0].get("customdata"):
            on_point(points[0]["customdata"])

    st.plotly_chart(
        figure, theme=None, key=key, alt=alt, width=width, config=picture_config(say, key),
        on_select=clicked if on_point else "ignore", selection_mode="points",
    )  # fmt: skip


def picture_config(say: Words, name: str) -> dict[str, Any]:
    """Plotly's configuration for a chart that can be saved as a picture, in the reader's language."""
    words = {
        "Download plot as a PNG": "save",
        "Preparing image - this may take a few seconds": "busy",
        "Image download succeeded": "done",
        "Sorry, there was a problem downloading your image!": "failed",
    }
    dictionary = {plotly: say(f"evidence.picture.{key}") for plotly, key in words.items()}
    return {
        "displaylogo": False,
        "doubleClick": "reset",  # to the original axes, not autorange
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": f"trendlab-{name}", "scale": 2},
        "locale": say.language,
        "locales": {say.language: {"dictionary": dictionary}},
    }


def page_mode() -> Mode:
    """Whether this page is light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"

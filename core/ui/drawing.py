"""Finished figures on a page."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.charts.house import Figure, Mode


def draw(figure: Figure, key: str, alt: str, width: Literal["stretch", "content"] = "stretch") -> None:
    """A finished figure in the house style."""
    st.plotly_chart(figure, theme=None, key=key, alt=alt, width=width, config={"displayModeBar": False})


def page_mode() -> Mode:
    """Whether this page is light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"

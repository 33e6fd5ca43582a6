"""One kind of button, primary or not, readable in light and dark."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.ui.drawing import page_mode

ON_PRIMARY = "violet"  # in the dark theme's colours: the dark ink on its light blue, where white could not be read


def button(label: str, icon: str, *, primary: bool = False, **how: Any) -> bool:
    """`icon` is the name of a Material symbol; the rest goes to `st.button`."""
    if primary and page_mode() == "dark" and not how.get("disabled"):  # a disabled one has the page's background
        return st.button(f":{ON_PRIMARY}[{label}]", type="primary", **how)
    return st.button(label, icon=f":material/{icon}:", type="primary" if primary else "secondary", **how)

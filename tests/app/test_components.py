"""Helpers of the custom components."""

from __future__ import annotations

from core.ui.components import component_value


def test_what_comes_after_its_page_was_left_tells_nothing() -> None:
    assert component_value("no_component_here", "changed") is None

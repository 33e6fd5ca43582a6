"""How settings are shown."""

from __future__ import annotations

import pytest
import streamlit as st

from core.content.words import Words
from core.ui.lab.fields import value_text
from core.ui.session import time_zone


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("seed", 1_795_740_123, "1795740123"),
        ("learning_rate", 0.001, "0.001"),
        ("train_share", 0.25, "25%"),
        ("train_share", 0.125, "13%"),  # as the story rounds it
    ],
)
def test_a_number_is_shown_as_it_was_typed(field: str, value: float, shown: str) -> None:
    assert value_text(Words("en"), field, value) == shown


@pytest.mark.parametrize(
    ("told", "zone"),
    [("Asia/Shanghai", "Asia/Shanghai"), (None, "UTC"), ("Etc/Unknown", "UTC"), ("Asia", "UTC"), ("../UTC", "UTC")],
)
def test_a_time_zone_that_is_not_known_is_utc(told: str | None, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(st.context), "timezone", told)
    assert str(time_zone()) == zone

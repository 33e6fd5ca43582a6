"""How settings are shown."""

from __future__ import annotations

import pytest

from core.content.words import Words
from core.ui.fields import value_text


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [("seed", 1_795_740_123, "1795740123"), ("learning_rate", 0.001, "0.001"), ("train_share", 0.25, "25%")],
)
def test_a_number_is_shown_as_it_was_typed(field: str, value: float, shown: str) -> None:
    assert value_text(Words("en"), field, value) == shown

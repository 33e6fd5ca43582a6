"""Style sheets work in older browsers."""

from __future__ import annotations

from pathlib import Path

import pytest

STYLES = sorted((Path(__file__).parents[2] / "core" / "ui").rglob("*.css"))


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.parent.name)
def test_what_is_not_read_out_is_shown_where_that_cannot_be_said(style: Path) -> None:
    """Safari before 17.4 and Firefox before 128 drop a line whose content has a text for readers."""
    lines = style.read_text(encoding="utf-8").splitlines()
    silent = [at for at, line in enumerate(lines) if line.endswith(' / "";')]
    assert all(lines[at - 1] == lines[at].replace(' / "";', ";") for at in silent)

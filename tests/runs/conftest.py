"""A complete service in this process, for tests without special needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts import Parts, open_service


@pytest.fixture
def parts(home_with_digits: Path) -> Iterator[Parts]:
    with open_service(home_with_digits) as opened:
        yield opened

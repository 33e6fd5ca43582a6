"""What texts quote from the lab (`data/facts/lab_runs.csv`) is what the lab gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.config import RunConfig
from core.facts.tables import table
from tests.trained import train_all

pytestmark = pytest.mark.slow

OTHER_PROCESSOR_POINTS = 6  # by which the least and the greatest of few seeds may differ elsewhere


def test_the_first_seed_lies_where_the_facts_say(prepared_digits: Path) -> None:
    rows = {RunConfig.from_mapping(json.loads(row["settings"])): row for row in table("lab_runs").values()}
    for config, run in train_all(list(rows), prepared_digits).items():
        row, percent = rows[config], 100 * run.last.val_accuracy
        low, high = row.number("low_percent"), row.number("high_percent")
        assert low - OTHER_PROCESSOR_POINTS <= percent <= high + OTHER_PROCESSOR_POINTS, row["key"]

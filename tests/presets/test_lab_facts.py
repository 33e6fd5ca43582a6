"""The lab's own figures in texts (`data/facts/lab_runs.csv`) are reproducible."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.config import RunConfig
from core.facts.tables import Row, known, table
from core.interpret.network import load_network
from core.interpret.questions import member_losses
from core.survey.membership import auc_by_loss
from core.training import train_slice
from tests.trained import ALL_STEPS, train_all

pytestmark = pytest.mark.slow

OTHER_PROCESSOR_POINTS = 6  # by which minimum and maximum of a few seeds may differ on another processor
OTHER_PROCESSOR_AUC = 0.03
ROWS = table("lab_runs")


def config_of(row: Row) -> RunConfig:
    return RunConfig.from_mapping(json.loads(row["settings"]))


def test_the_first_seed_lies_where_the_facts_say(prepared_digits: Path) -> None:
    rows = {config_of(row): row for row in ROWS.values()}
    for config, run in train_all(list(rows), prepared_digits).items():
        row, percent = rows[config], 100 * run.last.val_accuracy
        low, high = row.number("low_percent"), row.number("high_percent")
        assert low - OTHER_PROCESSOR_POINTS <= percent <= high + OTHER_PROCESSOR_POINTS, row["key"]


@pytest.mark.usefixtures("prepared_digits")
@pytest.mark.parametrize("row", known(ROWS, "auc_low", "auc_high"), ids=lambda row: row["key"])
def test_losses_tell_members_as_well_as_the_facts_say(row: Row) -> None:
    config = config_of(row)
    network = load_network(config, train_slice(config, None, ALL_STEPS).checkpoint)
    auc = auc_by_loss(*member_losses.answer(network, config))
    assert row.number("auc_low") - OTHER_PROCESSOR_AUC <= auc <= row.number("auc_high") + OTHER_PROCESSOR_AUC

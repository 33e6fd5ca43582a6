"""Base rates by hand, and random strategies."""

from __future__ import annotations

import numpy as np
import pytest

from core.charts.applications import base_rate_evidence, race_evidence, speech_evidence
from core.content.words import Words, languages
from core.facts.tables import table
from core.survey.base_rates import chance_ill_if_positive, published_chance, screened
from core.survey.strategies import MOST, race


@pytest.mark.parametrize(
    ("prevalence", "percent"),
    [
        (0.1, 100 * 0.0872 / (0.0872 + 0.9 * 0.093)),  # 51
        (0.01, 100 * 0.00872 / (0.00872 + 0.99 * 0.093)),  # 9
        (0.5, 100 * 0.872 / (0.872 + 0.093)),
    ],
)
def test_the_published_chance_equals_one_computed_by_hand(prevalence: float, percent: float) -> None:
    assert published_chance(prevalence) == pytest.approx(percent)


def test_nobody_and_everybody_ill() -> None:
    assert chance_ill_if_positive(0.9, 0.9, 0.0) == 0.0
    assert chance_ill_if_positive(0.9, 0.9, 1.0) == 1.0
    assert chance_ill_if_positive(0.0, 1.0, 0.5) == 0.0  # nobody is positive
    assert chance_ill_if_positive(0.9, 0.9, 0.5) == pytest.approx(0.9)  # as many are ill as not
    assert chance_ill_if_positive(0.5, 0.5, 0.5) == 0.5  # as many are found as alarmed


@pytest.mark.parametrize("prevalence", [0.001, 0.01, 0.1, 0.5])
def test_a_thousand_people_are_a_thousand(prevalence: float) -> None:
    groups = screened(0.872, 0.907, prevalence)
    assert groups.found + groups.missed + groups.alarmed + groups.cleared == 1000
    assert groups.found + groups.missed == round(1000 * prevalence)
    assert min(groups.found, groups.missed, groups.alarmed, groups.cleared) >= 0


def test_the_best_of_many_gains_much_and_then_nothing_on_average() -> None:
    races = [race(MOST, seed) for seed in range(1, 21)]
    first, following = (np.array([getattr(each, name) for each in races]) for name in ("first_gain", "next_gain"))
    assert first.min() > 40  # the largest of 1000 normal values: about 3.2 deviations of 16%
    assert np.median(first) == pytest.approx(64, abs=6)
    assert races[0].mean == pytest.approx(100, abs=3)
    assert abs(following.mean()) < 3 * 16 / np.sqrt(20)
    assert race(10, 1).first_gain < race(MOST, 1).first_gain
    assert len(races[0].best) == 25


def test_a_race_can_be_repeated() -> None:
    before = race(100, 3).best.copy()
    race.cache_clear()
    assert np.array_equal(race(100, 3).best, before)


@pytest.mark.parametrize("language", languages())
def test_the_charts_hold_what_the_tables_say(language: str) -> None:
    say = Words(language)
    speech = speech_evidence(say, "light")
    assert len(speech.rows) == len(speech.figure["data"][0]["x"]) == 5
    for percent in (0.1, 10.0, 50.0):
        people = base_rate_evidence(say, "dark", percent_ill=percent)
        assert sum(len(trace["x"]) for trace in people.figure["data"]) == 1000
        assert sum(row[say("applications.base.people")] for row in people.rows) == 1000
    title = base_rate_evidence(say, "light", percent_ill=10.0).figure["layout"]["title"]["text"]
    assert title.split("<br>")[0].replace("\u202f", "").count("171") == 1  # 87 of 100, and 9.3 % of 900
    assert "87" in title.split("<br>")[1]
    best = race_evidence(say, "light", strategies=10, market=1)
    assert [row[say("applications.race.best")] for row in best.rows] == pytest.approx(race(10, 1).best, abs=0.005)
    assert best.figure["data"][0]["y"] == race(10, 1).best.tolist()


def test_twelve_tasks_in_five_fields_each_result_in_both_languages() -> None:
    rows = table("applications").values()
    assert len({row["task"] for row in rows}) == 12
    assert {row["sector"] for row in rows} == {"nlp", "vision", "speech", "medical", "finance"}
    assert {row["stage"] for row in rows} == {"lab", "trial", "service"}
    assert all(row["result_en"] and row["result_zh"] and row["limits_en"] and row["limits_zh"] for row in rows)

"""A forecast to learn from: the size of language models, fitted up to mid-2021 and compared with what followed."""

from __future__ import annotations

from core.facts.tables import Row, known, table
from core.survey.figure import Figures, computed
from core.survey.fits import Line, line, year_of
from core.survey.landmarks import is_mixture

FIRST, HIDDEN_FROM = "2017", "2021-07"  # dates as in the facts
HELD_AGAINST = "llama_3_1_405b"


def sizes(before: str = "9999") -> list[Row]:
    """Language models of known size published since 2017."""
    rows = [row for row in known(table("landmark_models"), "parameters") if row["domain"] == "language"]
    return [row for row in rows if FIRST <= row["published"] < before]


def past_line(dense_only: bool = False) -> Line:
    """The trend that anybody could have fitted in mid-2021."""
    rows = [row for row in sizes(before=HIDDEN_FROM) if not (dense_only and is_mixture(row))]
    return line([year_of(row["published"]) for row in rows], [row.number("parameters") for row in rows])


def held_against() -> Row:
    """The largest dense language model of known size that came out around mid-2024."""
    return table("landmark_models")[HELD_AGAINST]


def forecast(dense_only: bool = False) -> float:
    """The parameters that the trend predicts for that model's date."""
    return past_line(dense_only).at(year_of(held_against()["published"]))


def interval() -> tuple[float, float]:
    """The 95 % interval of that forecast."""
    return past_line().interval(year_of(held_against()["published"]))


def times_off(num_parameters: float) -> float:
    """The factor by which a forecast was off; below one if it was too small."""
    return num_parameters / held_against().number("parameters")


FIGURES: Figures = (
    computed(
        "landmark_models",
        "outlook_line",
        outlook_rows=lambda: past_line().num_points,
        outlook_forecast=forecast,
        outlook_times=lambda: times_off(forecast()),
        outlook_explained=lambda: 100 * past_line().r_squared,
    )
    | computed(
        "landmark_models",
        "outlook_interval",
        outlook_low=lambda: interval()[0],
        outlook_high=lambda: interval()[1],
    )
    | computed(
        "landmark_models",
        "outlook_dense",
        outlook_dense=lambda: forecast(True),
        outlook_dense_times=lambda: times_off(forecast(True)),
    )
)

"""Combines the facts on language models: scores with sizes and compute, and scores task by task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from core.facts.tables import Row, known, table
from core.survey.figure import Figures, computed
from core.survey.fits import MONTHS_A_YEAR, spearman, year_of
from core.survey.landmarks import is_mixture

MMLU_CHANCE_PERCENT = 25.0  # four answers to choose from
COMPUTE, SIZE, DATA = "training_compute_flop", "parameters", "training_tokens_or_images"
# The tests shown one at a time, in this order: short name -> name in the facts.
TASKS = {
    "en_de": "WMT14 En-De", "en_fr": "WMT14 En-Fr", "cnn_dailymail": "CNN/DailyMail", "sst_2": "SST-2",
    "imdb": "IMDB", "glue": "GLUE", "superglue": "SuperGLUE",
}  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """A model's MMLU score with the facts on the model."""

    score: Row
    model: Row

    @property
    def is_tuned(self) -> bool:
        """Whether the facts say that it was tuned for chat or reasoning; for others it is not stated."""
        text = f"{self.score['model']} {self.score['setting']}".lower()
        return any(word in text for word in ("instruct", "chat", "chain of thought"))

    @property
    def is_mixture(self) -> bool:
        return is_mixture(self.model)


def mmlu(*columns: str) -> list[Scored]:
    """The models with an MMLU score for which all these columns are known."""
    models = table("landmark_models")
    rows = [row for row in table("nlp_benchmarks").values() if row["benchmark"] == "MMLU" and row["landmark_key"]]
    scored = [Scored(row, models[row["landmark_key"]]) for row in rows]
    return [each for each in scored if all(each.model[column] is not None for column in columns)]


def mmlu_spearman(column: str, dense_only: bool = False) -> float:
    """Rank correlation of the score with compute or size, over the models that have both."""
    scored = mmlu_with_both(dense_only)
    return spearman([each.model.number(column) for each in scored], [each.score.number("score") for each in scored])


def mmlu_with_both(dense_only: bool = False) -> list[Scored]:
    return [each for each in mmlu(COMPUTE, SIZE) if not (dense_only and each.is_mixture)]


def tokens_per_parameter(year: int) -> float:
    """The median over dense language models published in a year, with data counted in tokens."""
    rows = [row for row in known(table("landmark_models"), SIZE, DATA) if row["published"][:4] == str(year)]
    counted = [row for row in rows if row["domain"] == "language" and row["data_unit"] == "tokens"]
    return median(row.number(DATA) / row.number(SIZE) for row in counted if not is_mixture(row))


def task_rows(task: str) -> list[Row]:
    """The scores of one test, by date, without those on a development set."""
    rows = [row for row in table("nlp_benchmarks").values() if row["benchmark"] == TASKS[task]]
    return sorted((row for row in rows if row["setting"] != "development set"), key=lambda row: row["published"])


def is_checked(row: Row) -> bool:
    """Whether a score was verified in a source, not only recorded from memory."""
    return bool(row["checked"] == "yes")


def task_kind(row: Row) -> str:
    """The kind of system that got a score; different kinds must not be joined by a line."""
    text = f"{row['model']} {row['setting']}".lower()
    signs = {"ensemble": "ensemble", "extra": "back-translation", "few_shot": "examples", "rule": "lead-3"}
    return next((kind for kind, sign in signs.items() if sign in text), "single")


def best_so_far(rows: Sequence[Row]) -> list[Row]:
    """The single systems of a test that were better than all before."""
    best: list[Row] = []
    for row in rows:
        if task_kind(row) == "single" and (not best or row.number("score") > best[-1].number("score")):
            best.append(row)
    return best


def months_to_human(task: str) -> float:
    """Months from the first score in the facts to the first above the human line."""
    rows = task_rows(task)
    above = next(row for row in rows if row.number("score") > row.number("human_baseline"))
    return round(MONTHS_A_YEAR * (year_of(above["published"]) - year_of(rows[0]["published"])))


def token_ratio(model: str, other: str) -> float:
    """The ratio of two models' training tokens."""
    models = table("landmark_models")
    return models[model].number(DATA) / models[other].number(DATA)


FIGURES: Figures = (
    computed(
        "nlp_benchmarks",
        "mmlu_spearman",
        mmlu_rows=lambda: len(mmlu_with_both()),
        mmlu_by_compute=lambda: mmlu_spearman(COMPUTE),
        mmlu_by_size=lambda: mmlu_spearman(SIZE),
    )
    | computed(
        "nlp_benchmarks",
        "mmlu_dense",
        mmlu_dense_rows=lambda: len(mmlu_with_both(True)),
        mmlu_dense_by_compute=lambda: mmlu_spearman(COMPUTE, True),
        mmlu_dense_by_size=lambda: mmlu_spearman(SIZE, True),
    )
    | computed(
        "landmark_models",
        "tokens_each",
        tokens_each_2021=lambda: tokens_per_parameter(2021),
        tokens_each_2024=lambda: tokens_per_parameter(2024),
    )
    | computed("nlp_benchmarks", "glue_months", glue_months=lambda: months_to_human("glue"))
    | computed(
        "landmark_models",
        "token_ratio",
        chinchilla_token_ratio=lambda: token_ratio("chinchilla_70b", "gopher_280b"),
    )
)

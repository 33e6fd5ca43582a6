"""The scores of one language task at a time, over the years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.charts import house
from core.charts.evidence import Evidence, layout
from core.charts.house import Figure, Mode
from core.charts.sources import sources_of
from core.content.words import Words
from core.facts.tables import Row
from core.survey.language import best_so_far, task_kind, task_rows

AS_OF = "2026-11-23"
ROOM = 0.14  # of the span of a task's scores, above and below them
# How the facts word metrics and settings, and our keys for the reader's wording.
METRICS = {"BLEU": "bleu", "ROUGE-1 F1": "rouge", "accuracy (%)": "accuracy", "average score": "average"}
SETTINGS = {
    "test set": "test", "test set, ensemble": "test_ensemble", "newstest2014": "newstest",
    "non-anonymised test set": "plain_names", "32 examples": "few_shot", "5-shot": "five",
    "base model, 5-shot": "five_base", "5-shot, chain of thought": "five_aloud", "chat model": "chat",
}  # fmt: skip
# Kind of score: its colour and marker.
KINDS = {
    "single": ("training", "circle"), "ensemble": ("fourth", "square"), "extra": ("third", "triangle-up"),
    "few_shot": ("third", "star"), "rule": ("ghost", "x"),
}  # fmt: skip
LABELLED = {
    "wmt14_en_de_moe_sparsely_gated": "top center", "wmt14_en_de_convs2s": "bottom center",
    "wmt14_en_de_transformer_big": "top left", "wmt14_en_de_transformer_big_plus_back_translation": "bottom center",
    "wmt14_en_de_admin_very_deep_transformer": "top left", "wmt14_en_de_dynamicconv": "bottom right",
    "wmt14_en_fr_seq2seq_lstm_ensemble_of_5": "top right", "wmt14_en_fr_convs2s": "bottom center",
    "wmt14_en_fr_transformer_big": "middle left", "wmt14_en_fr_transformer_big_plus_back_translation": "top center",
    "wmt14_en_fr_admin_very_deep_transformer": "top left", "cnn_dailymail_lead_3_baseline": "top right",
    "cnn_dailymail_pointer_generator_plus_coverage": "bottom right", "cnn_dailymail_bottom_up": "top center",
    "cnn_dailymail_bart_large": "top center", "cnn_dailymail_t5_11b": "bottom center",
    "cnn_dailymail_pegasus": "bottom right", "cnn_dailymail_simcls": "top left", "cnn_dailymail_brio": "middle left",
    "sst_2_rntn": "bottom right", "sst_2_blstm_2dcnn": "top left", "sst_2_bmlstm_sentiment_neuron": "top left",
    "sst_2_bert_large": "top left", "sst_2_xlnet_large_ensemble": "top left",
    "imdb_virtual_adversarial_training": "top right", "imdb_bcnpluscharpluscove": "middle right",
    "imdb_ulmfit": "top left", "imdb_bert_large_plus_itpt": "middle left", "imdb_xlnet_large": "top left",
    "glue_gpt_1": "bottom right", "glue_bert_large": "top left", "glue_mt_dnn": "bottom right",
    "glue_roberta_ensemble": "middle left", "glue_t5_11b": "top center", "glue_electra_large": "middle left",
    "superglue_bertplusplus_baseline": "bottom right", "superglue_roberta": "bottom right",
    "superglue_t5_11b": "middle left", "superglue_gpt_3_175b_few_shot": "middle left",
    "superglue_deberta_1_5b_ensemble": "top left",
}  # fmt: skip


def task_evidence(say: Words, mode: Mode, task: str) -> Evidence:
    """The scores of one test over the years: kinds of systems told apart, only single ones of a kind joined."""
    rows = task_rows(task)
    data = [_record(say, rows, mode)]
    data += [_scores(say, [row for row in rows if task_kind(row) == kind], kind, mode) for kind in KINDS]
    name = say(f"language.task.{task}.name")
    levels = [row.number("score") for row in rows] + _human(rows)
    room = ROOM * (max(levels) - min(levels))
    y = {
        "title": {"text": say(f"language.metric.{METRICS[rows[0]['metric']]}")},
        "range": [min(levels) - room, max(levels) + room],
    }
    shapes = [
        house.level_line(say("language.tasks.human", score=f"{level:g}"), level, mode, "start")
        for level in _human(rows)
    ]
    x = {"title": {"text": say("language.tasks.published")}, "type": "date", "dtick": "M12", "tickformat": "%Y"}
    return Evidence(
        figure={"data": [trace for trace in data if trace["x"]], "layout": layout(name, x, y, mode, shapes=shapes)},
        alt=_task_alt(say, name, rows),
        rows=[_task_row(say, row) for row in rows],
        sources=sources_of(rows),
        as_of=AS_OF,
    )


def _record(say: Words, rows: Sequence[Row], mode: Mode) -> Figure:
    """A step line along the best single system so far."""
    best = best_so_far(rows)
    return _xy(best) | {
        "mode": "lines",
        "name": say("language.tasks.record"),
        "line": {"color": house.color("ghost", mode), "width": 1.5, "dash": "dot", "shape": "hv"},
        "hoverinfo": "skip",
    }


def _scores(say: Words, rows: Sequence[Row], kind: str, mode: Mode) -> Figure:
    role, symbol = KINDS[kind]
    return _xy(rows) | {
        "mode": "markers+text",
        "name": say(f"language.kind.{kind}"),
        "marker": {"color": house.color(role, mode), "symbol": symbol, "size": 11},
        "text": [row["model"].split(" (")[0] if row["key"] in LABELLED else "" for row in rows],
        "textposition": [LABELLED.get(row["key"], "top center") for row in rows],
        "textfont": {"size": house.SMALL_PX},
        "cliponaxis": False,
        "customdata": [row["model"] for row in rows],
        "hovertemplate": "%{customdata}<br>%{x|%Y-%m} · %{y:.1f}<extra></extra>",
    }


def _xy(rows: Sequence[Row]) -> Figure:
    scores = [row.number("score") for row in rows]
    return {"type": "scatter", "x": [row["published"] for row in rows], "y": scores}


def _human(rows: Sequence[Row]) -> list[float]:
    """The human score, where the facts hold one."""
    return [rows[0].number("human_baseline")] if rows[0]["human_baseline"] is not None else []


def _task_alt(say: Words, name: str, rows: Sequence[Row]) -> str:
    best = max(rows, key=lambda row: row.number("score"))
    first = rows[0]
    return say(
        "language.tasks.alt", name=name, n=len(rows), first=first["model"], low=f"{first.number('score'):.1f}",
        start=first["published"], best=best["model"], high=f"{best.number('score'):.1f}", end=best["published"],
    )  # fmt: skip


def _task_row(say: Words, row: Row) -> dict[str, Any]:
    values = {
        "model": row["model"], "published": row["published"], "score": row["score"],
        "kind": say(f"language.kind.{task_kind(row)}"), "setting": setting_text(say, row), "source": row["source_url"],
    }  # fmt: skip
    return {say(f"language.table.{name}"): value for name, value in values.items()}


def setting_text(say: Words, row: Row) -> str:
    """How a score was taken, in the reader's words; empty where the facts do not say."""
    return say(f"language.setting.{SETTINGS[row['setting']]}") if row["setting"] else ""

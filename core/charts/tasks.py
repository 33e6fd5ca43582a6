"""The scores of one language task at a time, over the years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

from core.charts import house
from core.charts.evidence import AS_OF, Evidence, chart, labels, sources_of, table_row
from core.charts.house import Figure, Mode
from core.content.words import Words
from core.facts.tables import Row
from core.survey.language import best_so_far, is_checked, task_kind, task_rows

AFTER_LAST_DAYS = 30
WIDTH_ROOM = 0.08  # of the range of a task's months, on either side
ROOM = 0.14  # of the range of a task's scores, above and below
# Names of metrics, settings and systems in the facts, with the text keys for the reader.
METRICS = {"BLEU": "bleu", "ROUGE-1 F1": "rouge", "accuracy (%)": "accuracy", "average score": "average"}
SETTINGS = {
    "test set": "test", "test set, ensemble": "test_ensemble", "newstest2014": "newstest",
    "non-anonymised test set": "plain_names", "32 examples": "few_shot", "5-shot": "five",
    "base model, 5-shot": "five_base", "5-shot, chain of thought": "five_aloud", "chat model": "chat",
}  # fmt: skip
SYSTEMS = {  # whose names are translated
    "MoE (sparsely gated)": "sparse", "Transformer big (large batch)": "large_batch",
    "Transformer big + back-translation": "back_translation", "Admin (very deep Transformer)": "very_deep",
    "Seq2Seq LSTM (ensemble of 5)": "of_five", "Lead-3 baseline": "lead", "Pointer-generator + coverage": "pointer",
    "bmLSTM (sentiment neuron)": "neuron", "XLNet-Large (ensemble)": "xlnets",
    "Virtual adversarial training": "adversarial", "RoBERTa (ensemble)": "robertas", "ALBERT (ensemble)": "alberts",
    "BERT++ baseline": "bert_plus", "GPT-3 175B (few-shot)": "gpt_3", "DeBERTa 1.5B (ensemble)": "debertas",
}  # fmt: skip
SPECIFICS = re.compile(r" \(|（")  # start of the part of a name that a label leaves out
# Colour and marker of each kind of score.
KINDS = {
    "single": ("training", "circle"), "ensemble": ("fourth", "square"), "extra": ("third", "triangle-up"),
    "few_shot": ("third", "star"), "rule": ("ghost", "x"),
}  # fmt: skip
LABELLED = {
    "wmt14_en_de_moe_sparsely_gated": "top center", "wmt14_en_de_convs2s": "bottom center",
    "wmt14_en_de_transformer_big": "top right", "wmt14_en_de_transformer_big_plus_back_translation": "bottom center",
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
    "glue_gpt_1": "bottom right", "glue_bert_large": "bottom right", "glue_mt_dnn": "bottom right",
    "glue_roberta_ensemble": "middle left", "glue_t5_11b": "top center", "glue_electra_large": "middle left",
    "superglue_bertplusplus_baseline": "bottom right", "superglue_roberta": "bottom right",
    "superglue_t5_11b": "middle left", "superglue_gpt_3_175b_few_shot": "middle left",
    "superglue_deberta_1_5b_ensemble": "top left",
}  # fmt: skip


def task_evidence(say: Words, mode: Mode, task: str) -> Evidence:
    """The scores of one test over the years, by kind of system; only single systems of a kind are joined."""
    rows = task_rows(task)
    data = [_record(say, rows, mode)]
    for kind, is_seen in product(KINDS, (True, False)):
        mine = [row for row in rows if task_kind(row) == kind and is_checked(row) is is_seen]
        data.append(_scores(say, mine, kind, mode, is_seen))
    name = say(f"language.task.{task}.name")
    levels = [row.number("score") for row in rows] + _human(rows)
    room = ROOM * (max(levels) - min(levels))
    y = {
        "title": {"text": say(f"language.metric.{METRICS[rows[0]['metric']]}")},
        "range": [min(levels) - room, max(levels) + room],
    }
    shapes = [_end(say, rows, mode)] + [
        house.level_line(say("language.tasks.human", score=f"{level:g}"), level, mode, "start")
        for level in _human(rows)
    ]
    x = {
        "title": {"text": say("language.tasks.published")}, "type": "date", "dtick": "M12", "tickformat": "%Y",
        "range": _around(rows[0]["published"], rows[-1]["published"]),
    }  # fmt: skip
    return Evidence(
        figure=chart([trace for trace in data if trace["x"]], name, x, y, mode, legend_lines=4, shapes=shapes),
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


def _end(say: Words, rows: Sequence[Row], mode: Mode) -> Figure:
    """A line after the last score, as the absence of later scores is not a result."""
    day = _days_after(rows[-1]["published"], AFTER_LAST_DAYS)
    words = say("language.tasks.end", month=rows[-1]["published"][:7])
    return house.upright_line(words, day, mode, textposition="start", xanchor="left")


def _around(first: str, last: str) -> list[str]:
    """A range of dates from before the first month to after the end line, with room for labels."""
    room = (date.fromisoformat(_days_after(last)) - date.fromisoformat(_days_after(first))).days * WIDTH_ROOM
    return [_days_after(first, -room), _days_after(last, AFTER_LAST_DAYS + room)]


def _days_after(month: str, days: float = 0) -> str:
    return str(date.fromisoformat(f"{month[:7]}-01") + timedelta(days=days))


def _scores(say: Words, rows: Sequence[Row], kind: str, mode: Mode, is_seen: bool) -> Figure:
    """Scores; those recorded from memory and not yet checked are hollow."""
    role, symbol = KINDS[kind]
    look = {"color": house.color(role, mode), "symbol": symbol if is_seen else f"{symbol}-open", "size": 11}
    return _xy(rows) | {
        "mode": "markers+text",
        "name": say(f"language.kind.{kind}"),
        "showlegend": is_seen,
        "marker": look | {"line": {"width": 0 if is_seen else 2}},
        **labels(rows, [SPECIFICS.split(_name(say, row))[0] for row in rows], LABELLED),
        "cliponaxis": False,
        "customdata": [_name(say, row) for row in rows],
        "hovertemplate": "%{customdata}<br>%{x|%Y-%m} · %{y:.1f}<extra></extra>",
    }


def _xy(rows: Sequence[Row]) -> Figure:
    scores = [row.number("score") for row in rows]
    return {"type": "scatter", "x": [row["published"] for row in rows], "y": scores}


def _human(rows: Sequence[Row]) -> list[float]:
    """The human score, if the facts have one."""
    return [rows[0].number("human_baseline")] if rows[0]["human_baseline"] is not None else []


def _task_alt(say: Words, name: str, rows: Sequence[Row]) -> str:
    best = max(rows, key=lambda row: row.number("score"))
    first = rows[0]
    return say(
        "language.tasks.alt", name=name, n=len(rows), first=_name(say, first), low=f"{first.number('score'):.1f}",
        start=first["published"], best=_name(say, best), high=f"{best.number('score'):.1f}", end=best["published"],
    )  # fmt: skip


def _name(say: Words, row: Row) -> str:
    key = SYSTEMS.get(row["model"])
    return say(f"language.system.{key}") if key else str(row["model"])


def _task_row(say: Words, row: Row) -> dict[str, Any]:
    return table_row(
        say, "language.table", model=_name(say, row), published=row["published"], score=row["score"],
        kind=say(f"language.kind.{task_kind(row)}"), setting=setting_text(say, row),
        checked=say(f"language.table.{'yes' if is_checked(row) else 'memory'}"), source=row["source_url"],
    )  # fmt: skip


def setting_text(say: Words, row: Row) -> str:
    """How a score was measured, in the reader's language; empty if the facts do not say."""
    return say(f"language.setting.{SETTINGS[row['setting']]}") if row["setting"] else ""

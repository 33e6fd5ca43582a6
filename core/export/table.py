"""A run as a table: one row per step, with measurements in the rows where an epoch ends."""

from __future__ import annotations

import csv
import io

from core.runs.records import Curve
from core.runs.views import RunView
from core.training.schedule import learning_rate_at

COLUMNS = ("step", "epoch", "learning_rate", "loss", "train_loss", "train_accuracy", "val_loss", "val_accuracy")


def metrics_csv(curve: Curve, view: RunView) -> str:
    """`loss` is the loss of the step's batch; the others are as in `core.training.Evaluation`, empty between epochs."""
    changes = [(at, "learning_rate", rate) for at, rate in view.changes]
    measured = {e.step: e for e in curve.evaluations}
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for step, loss in enumerate(curve.losses, 1):
        row = [
            step,
            (step - 1) // view.steps_per_epoch + 1,
            learning_rate_at(view.config, changes, step - 1, view.total_steps),
            float(loss),
        ]
        e = measured.get(step)
        table.writerow(row + ([e.train_loss, e.train_accuracy, e.val_loss, e.val_accuracy] if e else [""] * 4))
    return text.getvalue()

"""Measuring a network on the validation images, in chunks between which a slice may end."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from core.config import RunConfig
from core.training.batches import Batches
from core.training.checkpoint import EvaluationProgress, TrainingState, weights_bytes
from core.training.findings import finding_of
from core.training.result import Evaluation, Finding, Snapshot

CHUNK = 128  # images: little memory, and at most a quarter of a second for the largest network of the lab
SNAPSHOT_EPOCHS = (1, 2, 3, 5, 7, 10, 14, 19, 26, 35, 50)  # log-spaced; weights are also kept at the last epoch

RELU = (F.relu, torch.relu, Tensor.relu)


@torch.inference_mode()
def evaluate_chunk(state: TrainingState, batches: Batches) -> bool:
    """Measure the next chunk of validation images; True when all are measured."""
    progress = state.evaluation
    images, labels = batches.validation(progress.num_done, progress.num_done + CHUNK)
    state.model.eval()
    if progress.num_done == 0:
        logits, progress.silent_units = _probe_silent_units(state.model, images)
    else:
        logits = state.model(images)
    state.model.train()
    logits = logits.float()
    progress.loss_sum += float(F.cross_entropy(logits, labels, reduction="sum"))
    progress.num_correct += int((logits.argmax(1) == labels).sum())
    progress.logits.append(logits)
    progress.num_done += len(labels)
    return progress.num_done == batches.num_validation


def close_epoch(
    state: TrainingState, num_validation: int, config: RunConfig
) -> tuple[Evaluation, Snapshot, Finding | None]:
    """Turn the finished sums into an epoch's measurements, and reset the sums for the next epoch."""
    position, progress = state.position, state.evaluation
    epoch = position.epochs_measured + 1
    logits = torch.cat(progress.logits)
    evaluation = Evaluation(
        epoch=epoch,
        step=position.step,
        train_loss=position.loss_sum / position.num_seen,
        train_accuracy=position.num_correct / position.num_seen,
        val_loss=progress.loss_sum / num_validation,
        val_accuracy=progress.num_correct / num_validation,
        gradient_norm=position.gradient_norm,
        logit_spread=float(logits.std(0).mean()),
        silent_units=progress.silent_units,
    )
    position.epochs_measured, position.loss_sum, position.num_correct, position.num_seen = epoch, 0.0, 0, 0
    state.evaluation = EvaluationProgress()
    keeps_weights = epoch in SNAPSHOT_EPOCHS or epoch == config.epochs
    weights = weights_bytes(state.model) if keeps_weights else None
    below_best = logits - logits.amax(1, keepdim=True)  # so that float16 can tell the best one, however large
    snapshot = Snapshot(epoch, below_best.half().numpy(), weights)  # numpy would warn on overflow
    return evaluation, snapshot, finding_of(evaluation, config)


def _probe_silent_units(model: nn.Module, images: Tensor) -> tuple[Tensor, float]:
    """The logits of the images, and the share of hidden units (or channels) whose ReLU stays at 0 for all of them."""
    with _WatchedReLU() as watched:
        logits: Tensor = model(images)
    return logits, float(torch.cat(watched.silent).float().mean()) if watched.silent else 0.0


class _WatchedReLU(TorchFunctionMode):
    """Records for every ReLU, however the network calls it, which units or channels are zero for all images."""

    def __init__(self) -> None:
        super().__init__()
        self.silent: list[Tensor] = []

    def __torch_function__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = function(*args, **(kwargs or {}))
        if function in RELU:
            self.silent.append(output.amax(dim=[d for d in range(output.dim()) if d != 1]) <= 0)
        return output

"""Muon: orthogonalised momentum, so that a step changes a matrix equally in all directions (Jordan et al. 2024).

torch's Muon takes only matrices. A convolution's kernels are reshaped to one, with a row per output channel; all other
parameters (biases, normalisation) go to AdamW. Steps are scaled to the size of AdamW's (Liu et al. 2025), so that the
learning rate means the same for both. Jordan uses AdamW for the first and the last layer as well; here, Muon updates
all matrices.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn, optim

from core.config import RunConfig

SPEC = {
    "order": 7,
    "label": {"en": "Muon", "zh": "Muon"},
    "about": {
        "en": "Makes each matrix's step equally strong in all directions; matrices only, AdamW for the rest.",
        "zh": "让每个矩阵的更新在各个方向上一样强；只管矩阵，其余参数交给AdamW。",
    },
    "uses": ["momentum", "weight_decay"],
    "safe_rate": 0.001,
}


class MuonAndAdamW(optim.Optimizer):
    """Muon for all weights of two or more dimensions, AdamW for the rest; one learning rate for both."""

    def __init__(self, model: nn.Module, lr: float, momentum: float, weight_decay: float) -> None:
        weights = list(model.parameters())
        super().__init__(weights, {"lr": lr})
        rest = [weight for weight in weights if weight.dim() < 2]
        self.as_matrix = {w: nn.Parameter(w.detach().flatten(1).clone()) for w in weights if w.dim() >= 2}
        matrices = list(self.as_matrix.values())
        self.muon = optim.Muon([{"params": matrices}], lr, weight_decay, momentum, adjust_lr_fn="match_rms_adamw")
        self.adamw = optim.AdamW([{"params": rest}], lr, weight_decay=weight_decay, fused=True)

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]  # nothing here steps with a closure
        for group in self.muon.param_groups + self.adamw.param_groups:
            group["lr"] = self.param_groups[0]["lr"]
        for weight, matrix in self.as_matrix.items():
            matrix.copy_(weight.flatten(1))
            matrix.grad = None if weight.grad is None else weight.grad.flatten(1)
        self.muon.step()  # type: ignore[no-untyped-call]
        self.adamw.step()
        for weight, matrix in self.as_matrix.items():
            weight.copy_(matrix.view_as(weight))

    def state_dict(self) -> dict[str, Any]:
        return {"muon": self.muon.state_dict(), "adamw": self.adamw.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.muon.load_state_dict(state_dict["muon"])
        self.adamw.load_state_dict(state_dict["adamw"])


def build(model: nn.Module, config: RunConfig) -> optim.Optimizer:
    return MuonAndAdamW(model, config.learning_rate, config.momentum, config.weight_decay)

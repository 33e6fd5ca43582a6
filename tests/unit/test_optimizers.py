"""Every rule reads the settings that it names, and works where the workers train; Muon is torch's own."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from core import catalog
from core.config import RunConfig
from core.optimizers import build_optimizer
from core.settings import PROJECT
from core.training import train_slice

RULES = list(catalog.specs("optimizers"))
SMALL = RunConfig(model="mlp", batch_size=64, learning_rate=0.001)


@pytest.mark.parametrize(("field", "value"), [("momentum", 0.5), ("weight_decay", 0.1)])
@pytest.mark.parametrize("optimizer", RULES)
def test_a_rule_reads_what_it_says_it_uses(optimizer: str, field: str, value: float) -> None:
    config = SMALL.replaced(optimizer=optimizer)
    before, after = (train_slice(c, None, 4).metrics for c in (config, config.replaced(**{field: value})))
    assert np.array_equal(before, after) != config.uses(field)


class Layers(nn.Module):
    """A convolution, a normalisation and a linear layer: weights of four, one and two dimensions."""

    def __init__(self, memory_format: torch.memory_format) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.norm, self.fc = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Linear(8, 10)
        self.to(memory_format=memory_format)


def put_gradients(weights: list[nn.Parameter], shapes: list[torch.Size], step: int) -> None:
    random = torch.Generator().manual_seed(step)
    for weight, shape in zip(weights, shapes, strict=True):
        weight.grad = torch.randn(shape, generator=random).reshape(weight.shape)


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_muon_moves_matrices_as_torchs_muon_and_the_rest_as_adamw(memory_format: torch.memory_format) -> None:
    config = RunConfig(optimizer="muon", momentum=0.8, weight_decay=0.1)
    model = Layers(memory_format)
    ours = list(model.parameters())
    theirs = [nn.Parameter(w.detach().clone().flatten(1) if w.dim() > 2 else w.detach().clone()) for w in ours]
    rule = build_optimizer(model, config)
    muon = torch.optim.Muon(
        [w for w in theirs if w.dim() == 2], momentum=0.8, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"
    )
    adamw = torch.optim.AdamW([w for w in theirs if w.dim() == 1], weight_decay=0.1)
    for step, rate in enumerate((0.01, 0.1, 0.001)):
        for group in [*rule.param_groups, *muon.param_groups, *adamw.param_groups]:
            group["lr"] = rate
        for weights in (ours, theirs):
            put_gradients(weights, [w.shape for w in ours], step)
        for each in (rule, muon, adamw):
            each.step()
    assert all(torch.equal(one.reshape(other.shape), other) for one, other in zip(ours, theirs, strict=True))
    rule.zero_grad()
    assert [w.grad for w in ours] == [None] * len(ours)


IN_A_WORKER = """
import json, sys
from core.runs.worker import stub_torch_compiler
stub_torch_compiler()
from core.config import RunConfig
from core.training.slice import train_slice
losses = {}
for name in sys.argv[2:]:
    config = RunConfig(**json.loads(sys.argv[1]), optimizer=name)
    begun = train_slice(config, None, 2)
    losses[name] = [*begun.metrics.tolist(), *train_slice(config, begun.checkpoint, 2).metrics.tolist()]
assert "torch._inductor" not in sys.modules
print(json.dumps(losses))
"""


def test_every_rule_works_without_torchs_compiler_as_in_a_worker() -> None:
    settings = {"model": "small_resnet", "batch_size": 64, "learning_rate": 0.001}
    done = subprocess.run(
        [sys.executable, "-c", IN_A_WORKER, json.dumps(settings), *RULES],
        cwd=PROJECT, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    here = {n: train_slice(RunConfig(**settings, optimizer=n), None, 4).metrics.tolist() for n in RULES}
    assert json.loads(done.stdout) == here

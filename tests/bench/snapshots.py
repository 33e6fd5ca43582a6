"""The cost of snapshots: time relative to training, and disk space."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from core import catalog
from core.config import choices, limits
from core.models import NUM_CLASSES
from core.runs.worker import worker_environment
from tests.bench.children import Child
from tests.bench.table import Figure, Outcome, middle

EPOCHS = 10
MB = 10**6
BYTES_A_LOGIT = 2


def snapshots(home: Path, quick: bool) -> dict[str, Outcome]:
    """The share for a run with the survey's settings, repeated; and the disk space of the largest allowed run."""
    with Child("snapshot_cost", env=worker_environment() | {"TRENDLAB_HOME": str(home)}) as child:
        shares = _shares(child, home, "seed_cnn", 2 if quick else 9)
        others = {
            model: median(_shares(child, home, model, 1 if quick else 3))
            for model in choices("model")
            if model != "seed_cnn"
        }
        weights = max(child.ask(do="kept_bytes", model=model) for model in choices("model"))
    num_images = max(int(spec["num_validation"]) for spec in catalog.specs("datasets").values())
    logits = int(limits("epochs")[1]) * num_images * NUM_CLASSES * BYTES_A_LOGIT
    told = ", ".join(f"{model} {share:.2g} %" for model, share in others.items())
    return {
        "snapshot_time": middle(shares, told),
        "snapshot_room": Figure((weights + logits) / MB, note=f"weights {weights / MB:.1f}, logits {logits / MB:.1f}"),
    }


def _shares(child: Child, home: Path, model: str, rounds: int) -> list[float]:
    with tempfile.TemporaryDirectory(dir=home.parent) as folder:
        return [child.ask(do="share", folder=folder, model=model, epochs=EPOCHS) for _ in range(rounds)]

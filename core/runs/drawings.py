"""A run's network applied to a drawing."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np

from core.errors import RunNotFound
from core.interpret.preprocess import INK_SIDE, drawing_pixels, is_drawn
from core.runs.service import RunService

INK_BYTES = INK_SIDE**2


@dataclass(frozen=True)
class Reading:
    """The preprocessing stages of a drawing, uint8 (24, 24, 1) each, and the probability of each class."""

    pixels: bytes
    shares: tuple[float, ...]

    def wire(self) -> dict[str, object]:
        return {"pixels": base64.b64encode(self.pixels).decode(), "shares": [round(share, 4) for share in self.shares]}


def read_drawing(runs: RunService, run_id: str, epoch: int, ink: bytes) -> Reading:
    """Classify a drawing with a run's network after an epoch. `ink` is INK_SIDE x INK_SIDE grey bytes, bright on black.
    Raises RunNotFound if the weights of that epoch are missing or the data set has no drawings, PictureEmpty without
    ink, and what `Networks.ask` raises."""
    run = runs.run(run_id)
    config = run.config
    network = next((each for each in runs.networks.for_run(run) if each.epoch == epoch and each.weights_file), None)
    if network is None or not is_drawn(config.dataset):
        raise RunNotFound(run_id)
    pixels = drawing_pixels(np.frombuffer(ink, np.uint8).reshape(INK_SIDE, INK_SIDE), config.dataset).tobytes()
    shares = runs.networks.ask(config, str(network.weights_file), "class_probabilities", pixels, kept=False)
    return Reading(pixels, shares)

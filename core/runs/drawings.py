"""What a run's network takes a drawing for."""

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
    """What becomes of a drawing, uint8 (24, 24, 1) in order, and the probability of each class."""

    pixels: bytes
    shares: tuple[float, ...]

    def wire(self) -> dict[str, object]:
        return {"pixels": base64.b64encode(self.pixels).decode(), "shares": [round(share, 4) for share in self.shares]}


def read_drawing(runs: RunService, run_id: str, epoch: int, ink: bytes) -> Reading:
    """By the network of a run after an epoch; `ink` is INK_SIDE squared of grey, bright on black. Raises RunNotFound
    where the weights of that epoch, or drawings of that data set, do not exist, PictureEmpty without ink, and what
    `Networks.ask` raises."""
    run = runs.run(run_id)
    config = run.config
    network = next((each for each in runs.networks.of(run) if each.epoch == epoch and each.weights_file), None)
    if network is None or not is_drawn(config.dataset):
        raise RunNotFound(run_id)
    pixels = drawing_pixels(np.frombuffer(ink, np.uint8).reshape(INK_SIDE, INK_SIDE), config.dataset).tobytes()
    shares = runs.networks.ask(config, str(network.weights_file), "class_probabilities", pixels, kept=False)
    return Reading(pixels, shares)

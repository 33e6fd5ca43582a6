"""Data for the results that is too large to send with every rerun: it is sent to the browser once, separately.

Streamlit does not resend unchanged elements, so each parcel is an invisible element of its own.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.datasets import PreparedData
from core.interpret.results import Answers, confusion, drop_empty_column, small, worth_showing
from core.runs.records import SavedNetwork
from core.runs.service import RunService
from core.training.augment import shifted
from core.ui.components import component
from core.ui.images import picture_url
from core.ui.understand.look import Look

MAX_PIXEL_BYTES = 700_000  # 1,215 grey or 405 colour pictures: all of digits and shapes
SPRITE_COLUMNS = 40
SHARED = "understand/shared/shared.js"

_component = component(
    "trendlab_parcel", '<span hidden class="tl-parcel">\n</span>', js=[SHARED, "understand/shared/parcel.js"]
)


def send(key: str, parcel: Mapping[str, Any]) -> str:
    """Send a parcel to the browser; returns the name by which components find it there."""
    name = f"{key} {parcel['id']}"
    _component(key=key, data=[{**parcel, "name": name}])
    return name


@dataclass(frozen=True)
class Answered:
    """The answers of all epochs so far: the parcel, the numbers of the images whose pictures are needed, and the number
    of columns of a confusion matrix: one per class, and one more if an output without a class was ever predicted."""

    parcel: dict[str, Any]
    numbers: NDArray[np.int64]
    num_columns: int


def answered(runs: RunService, look: Look) -> Answered:
    """Raises CheckpointError."""
    truths = look.truths
    answers = [_answers(runs, each) for each in look.saved]
    numbers = worth_showing(answers, truths, max_pictures(look.data))
    num_classes = look.config.num_classes
    counts = drop_empty_column(np.stack([confusion(truths, each.predicted, num_classes) for each in answers]))
    files = " ".join(each.logits_file for each in look.saved)
    parcel = {
        "id": sha256(files.encode()).hexdigest()[:16],
        "counts": counts.tolist(),
        "predicted": _base64(np.stack([np.minimum(each.predicted[numbers], num_classes) for each in answers])),
        "confidence": _base64(np.stack([each.confidence[numbers] for each in answers])),
        "truths": _base64(truths[numbers].astype(np.uint8)),
        "numbers": numbers.tolist(),
        "numImages": len(truths),
    }
    return Answered(parcel, numbers, counts.shape[2])


def pictures_parcel(look: Look, numbers: NDArray[np.int64]) -> dict[str, Any]:
    """Validation images, as the network gets them, side by side in one PNG."""
    data, val_shift = look.data, look.config.val_shift
    named = f"{data.sha256[:16]} {val_shift} {sha256(numbers.tobytes()).hexdigest()[:16]}"
    return {"id": named, "url": _sprite(named, data, val_shift, numbers), "columns": SPRITE_COLUMNS}


def max_pictures(data: PreparedData) -> int:
    """The largest number of pictures that may be sent."""
    return int(MAX_PIXEL_BYTES // data.images[0].nbytes)


@st.cache_data(max_entries=512, show_spinner=False)
def _answers(_runs: RunService, saved: SavedNetwork) -> Answers:
    return small(_runs.networks.logits((saved,))[0])


@st.cache_data(max_entries=8, show_spinner=False)
def _sprite(named: str, _data: PreparedData, _val_shift: int, _numbers: NDArray[np.int64]) -> str:  # noqa: ARG001
    """Cached by `named` alone."""
    pictures = shifted(_data.images[_data.num_train + _numbers], _val_shift)
    rows = -(-len(pictures) // SPRITE_COLUMNS)
    _, height, width, channels = pictures.shape
    sheet = np.zeros((rows * SPRITE_COLUMNS, height, width, channels), np.uint8)
    sheet[: len(pictures)] = pictures
    tiled = sheet.reshape(rows, SPRITE_COLUMNS, height, width, channels).swapaxes(1, 2)
    return picture_url(tiled.reshape(rows * height, SPRITE_COLUMNS * width, channels))


def _base64(array: NDArray[np.uint8]) -> str:
    return b64encode(array.tobytes()).decode()

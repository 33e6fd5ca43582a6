"""What the network gets right and wrong: the confusion matrix, the images behind it, one image over the epochs, and
precision and recall by class."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core.content.words import Words
from core.interpret.results import merge_unused_outputs, probabilities
from core.runs.service import RunService
from core.ui.address import addressed, addressed_flag, put
from core.ui.components import component, component_value
from core.ui.images import picture_url
from core.ui.understand.look import IMAGE, Look, column_names
from core.ui.understand.parcels import SHARED, answered, pictures_parcel, send
from core.ui.understand.picture import picture_pixels

KEY = "results"
CELL, SHARES = "cell", "shares"  # in the address: a cell as "truth-predicted", and whether the matrix shows shares
_FOLDER = "understand/results_view"
_SCRIPTS = ("answers", "matrix", "tiles", "course", "classes", "main")

_component = component(
    "trendlab_results",
    f"{_FOLDER}/frame.html",
    css=["button.css", f"{_FOLDER}/style.css", f"{_FOLDER}/images.css"],
    js=[SHARED, *(f"{_FOLDER}/{name}.js" for name in _SCRIPTS)],
)


def results(say: Words, runs: RunService, look: Look) -> None:
    """Follows the scrubber in the browser. The clicked cell or image is kept in the address."""
    answers = answered(runs, look)
    with st.container(gap=None):
        data = {
            "answers": send("answers", answers.parcel),
            "pictures": send("pictures", pictures_parcel(look, answers.numbers)),
            "at": look.saved.index(look.at),
            "epochs": [each.epoch for each in look.saved],
            "names": column_names(say, look.config),
            "numClasses": look.config.num_classes,
            "numColumns": answers.num_columns,
            "cell": addressed(CELL, "", partial(_cell_within, look.config.num_classes, answers.num_columns)),
            "isShares": addressed_flag(SHARES),
            "image": _image(runs, look),
            "texts": say.by_prefix("understand.results"),
            "lang": say.language,
        }
        _component(
            key=KEY, data=[data], on_cell_change=partial(_chosen, CELL, str),
            on_image_change=partial(_chosen, IMAGE, int), on_shares_change=partial(_chosen, SHARES, bool),
        )  # fmt: skip


def _image(runs: RunService, look: Look) -> dict[str, Any]:
    """The chosen validation image (the first one if the reader has chosen their own picture), with its prediction and
    the probabilities of all classes after each epoch."""
    number = 0 if isinstance(look.picture, bytes) else look.picture
    logits = np.stack([runs.networks.logits((each,))[0, number] for each in look.saved])
    num_classes = look.config.num_classes
    return {
        "number": number,
        "truth": int(look.truths[number]),
        "picture": picture_url(picture_pixels(replace(look, picture=number))),
        "taken": np.minimum(logits.argmax(1), num_classes).tolist(),
        "shares": merge_unused_outputs(probabilities(logits), num_classes).round(5).tolist(),
    }


def _chosen(name: str, kind: type) -> None:
    """Take over what the reader chose in the browser; None means that another choice was made."""
    value = component_value(KEY, name)
    if value is not None:
        put(name, kind(value))


def _cell_within(num_rows: int, num_columns: int, text: str) -> str:
    """Raises ValueError if the text does not name a cell."""
    match = re.fullmatch(r"(\d)-(\d)", text)
    if not match or int(match[1]) >= num_rows or int(match[2]) >= num_columns:
        raise ValueError(text)
    return text

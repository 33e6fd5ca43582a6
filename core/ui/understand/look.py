"""The run, epoch and image that the page shows, and how their network is asked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import catalog
from core.config import RunConfig
from core.content.words import Words
from core.datasets import PreparedData, open_prepared
from core.interpret.results import merge_unused_outputs
from core.models import NUM_CLASSES
from core.runs.records import SavedNetwork
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.address import addressed, visit
from core.ui.outage import problem_told
from core.ui.session import owner

EPOCH, IMAGE = "at_epoch", "image"  # in the address
SHORT_S = 0.3  # shorter waits need no progress bar
BAR_PX = 48
PART = "part"  # in the address: the part of the page that is shown
LAST = 0  # stands for the latest epoch
PASSED = "passed_epoch"  # (visit, epoch) while playing; kept out of the address, where Back would go through each
OWN = -1  # the image is the reader's own picture
OWN_PICTURE = "own_picture"  # in the session: the name of the data set, and its pixels, uint8 (24, 24, channels)


@dataclass(frozen=True)
class Look:
    """`saved` are the run's measured epochs, `at` the chosen one; `picture` is the number of a validation image, or the
    pixels of the reader's own (see `core.interpret.pictures`)."""

    view: RunView
    saved: tuple[SavedNetwork, ...]
    at: SavedNetwork
    picture: int | bytes

    @property
    def config(self) -> RunConfig:
        return self.view.config

    @property
    def data(self) -> PreparedData:
        """The images that the run was trained and measured on. Raises DatasetChanged if others are here now."""
        return open_prepared(self.config.dataset, self.view.data_sha256)

    @property
    def truths(self) -> NDArray[np.int64]:
        """The classes of the validation images."""
        return self.data.labels[self.data.num_train :]

    @property
    def network(self) -> SavedNetwork:
        """The latest epoch up to the chosen one with saved weights; the first epoch always has them."""
        return next(each for each in reversed(self.saved[: self.saved.index(self.at) + 1]) if each.weights_file)


def class_names(say: Words, dataset: str) -> list[str]:
    """The names of the classes in the reader's language. A reader's own data set may have fewer than ten."""
    names: list[str] = say.of(catalog.spec_of("datasets", dataset)["classes"])
    return [*names, *(say("own.no_class_numbered", n=n) for n in range(len(names) + 1, NUM_CLASSES + 1))]


def column_names(say: Words, config: RunConfig) -> list[str]:
    """Column names of a confusion matrix: the classes, then the outputs without a class. Rows use only the classes."""
    return [*class_names(say, config.dataset)[: config.num_classes], say("own.no_class")]


def classes_together(say: Words, config: RunConfig, shares: Sequence[float]) -> tuple[list[str], list[float], int]:
    """The classes and their probabilities, with one more entry for the outputs without a class if that is notable; and
    the index of the answer, which is the largest single output."""
    num_classes = config.num_classes
    kept = merge_unused_outputs(np.array(shares, np.float32), num_classes).tolist()
    names = [*class_names(say, config.dataset)[:num_classes], say("own.no_class_together")]
    return names[: len(kept)], kept, min(int(np.argmax(shares)), num_classes)


def look_at(view: RunView, saved: tuple[SavedNetwork, ...]) -> Look:
    """The look in the address, by default the last epoch and the first image; while playing, the current epoch."""
    epoch = addressed(EPOCH, LAST, int)
    playing_in, passed = st.session_state.get(PASSED, (None, LAST))
    if playing_in == visit():
        epoch = passed
    at = next((each for each in saved if each.epoch == epoch), saved[-1])
    look = Look(view, saved, at, 0)
    return replace(look, picture=_picture(view.config.dataset, look.data.num_validation))


def _picture(dataset: str, num_images: int) -> int | bytes:
    image = addressed(IMAGE, 0, int)
    own: tuple[str, bytes] | None = st.session_state.get(OWN_PICTURE)
    if image == OWN and own and own[0] == dataset:
        return own[1]
    return image if 0 <= image < num_images else 0


def asked(say: Words, runs: RunService, look: Look, question: str, *arguments: Any) -> Any:
    """The answer of the network of that epoch to one of `core/interpret/questions`; if it fails, None and a message on
    the page."""
    with problem_told(say), st.spinner(say("understand.asking")):
        return runs.networks.ask(
            look.config, str(look.network.weights_file), question, *arguments,
            data_sha256=look.view.data_sha256, give_way=_give_way,
        )  # fmt: skip
    return None


def asked_in_parts(
    say: Words, runs: RunService, look: Look, question: str, parts: Sequence[tuple[SavedNetwork, tuple[Any, ...]]]
) -> list[Any] | None:
    """The answers of several networks, or of one to several heavy questions, given as (network, arguments), one after
    the other. If it takes long, a progress bar appears in a place kept for it. If one fails, None and a message."""
    bar, began = st.container(height=BAR_PX, border=False).empty(), time.monotonic()
    answers: list[Any] = []
    files = [(str(network.weights_file), arguments) for network, arguments in parts]
    try:
        with problem_told(say):
            asked = runs.networks.ask_each(look.config, question, files, owner(), look.view.data_sha256, _give_way)
            with closing(asked) as coming:
                for answer in coming:
                    answers.append(answer)
                    if len(answers) < len(parts) and time.monotonic() - began > SHORT_S:
                        bar.progress(len(answers) / len(parts), say("understand.asking"))
            return answers
    finally:
        bar.empty()
    return None


def _give_way() -> None:
    """Access the session, so that Streamlit can abort the script run if the reader has moved on."""
    st.session_state.get(EPOCH)

"""The content of a reader's own data set: its classes, their images, and what was left out of the upload."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import streamlit as st

from core import catalog
from core.charts.own_set import class_counts_figure
from core.content.plain import escaped
from core.content.words import Words
from core.datasets import decoding, open_prepared
from core.ui.drawing import draw, page_mode
from core.ui.images import enlarged
from core.ui.lab.fields import DEFAULTS

TILES = 8
TILE_TIMES = 2  # enlarges 24 pixels; eight images fit side by side on a phone
FEW_STEPS = 20  # per epoch; the digits have 45


def own_set_view(say: Words, name: str) -> None:
    """Counts as bars, the first images of each class, notes. Raises DatasetGone."""
    data = open_prepared(name)
    spec = _spec(name)
    classes = spec["classes"]
    train, validation = ([int(each[part]) for each in classes] for part in ("train", "validation"))
    names = [str(each["name"]) for each in classes]
    st.markdown(
        say("own.holds.summary", n=sum(train + validation), k=len(names), train=sum(train), validation=sum(validation))
    )
    draw(
        say, class_counts_figure(names, train, validation, say.by_prefix("own.holds"), page_mode()), "own_counts",
        say("own.holds.alt"),
    )  # fmt: skip
    steps = DEFAULTS.steps_per_epoch(sum(train))
    if steps < FEW_STEPS:
        st.info(say("own.holds.few_steps", batch=DEFAULTS.batch_size, steps=steps), icon=":material/lightbulb:")
    if share := catalog.largest_share(name):
        most = names[train.index(max(train))]
        st.info(say("own.holds.largest", name=most, share=share, chance=1 / len(names)), icon=":material/balance:")
    st.markdown(say("own.holds.tiles"))
    with st.container(gap="xsmall"):
        for label, each in enumerate(names):
            st.caption(say("own.holds.one_class", name=escaped(each), n=train[label] + validation[label]))
            st.image(
                _strip(data.images, data.labels[: data.num_train] == label), alt=say("own.holds.tiles_alt", name=each)
            )
    for note in spec["notes"]:
        st.caption(say(f"own.notes.{note}"))
    left_out_view(say, spec["left_out"])


def left_out_view(say: Words, left_out: Any) -> None:
    """A line for each reason, with some names; `left_out` is as in `spec.json`."""
    if left_out:
        lines = [
            say(
                "own.holds.left_out_line", reason=_reason(say, each["reason"]), n=each["n"],
                names=say("language.comma").join(each["names"]) + (" …" if each["n"] > len(each["names"]) else ""),
            )
            for each in left_out
        ]  # fmt: skip
        st.markdown("\n".join([say("own.holds.left_out"), *(f"- {line}" for line in lines)]))


def _reason(say: Words, reason: str) -> str:
    return say(
        f"own.left_out.{reason}", mb=decoding.MAX_BYTES / 2**20, side=decoding.MIN_SIDE_PX,
        most=decoding.MAX_PIXELS["JPEG"] / 1e6, most_webp=decoding.MAX_PIXELS["WebP"] / 1e6,
    )  # fmt: skip


def _strip(images: Any, is_chosen: Any) -> Any:
    """The first images of a class in one row, enlarged: (48, n * 48, 3)."""
    row = enlarged(np.concatenate(images[np.flatnonzero(is_chosen)[:TILES]], axis=1), TILE_TIMES)
    return np.broadcast_to(row, (*row.shape[:2], 3))


def _spec(name: str) -> dict[str, Any]:
    spec: dict[str, Any] = json.loads((catalog.own_folder(name) / "spec.json").read_text(encoding="utf-8"))
    return spec

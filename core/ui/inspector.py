"""Two published networks taken apart, side by side: totals, then the tree of layers."""

from __future__ import annotations

import streamlit as st

from core.content.numbers import number_text
from core.content.words import Words
from core.errors import InspectionFailed
from core.interpret.inspection import CLASSIFIERS, Inspection, Layer
from core.ui.address import addressed, addressed_choice
from core.ui.shell import open_services
from core.ui.tables import draw_table

DEFAULTS = {"first": "resnet50", "second": "vgg16"}
LEVELS = (1, 2, 3, 4)
INDENT = "\u2003"  # one em a level
TIMES = "\u202f×\u202f"  # a shape stays on its line
BYTES_PER_MB = 1e6
FLOP_PER_MULTIPLY_ADD = 2


def inspector(say: Words) -> None:
    """Choose two; a worker takes them apart."""
    names = _chosen(say)
    try:
        with st.spinner(say("vision.inspector.busy")):
            found = [open_services().runs.inspect(name) for name in names]
    except InspectionFailed as problem:
        st.error(say.error(problem), icon=":material/error:")
        return
    draw_table(say, [_totals(say, each) for each in found], "totals", say("vision.inspector.totals"), prose=True)
    st.caption(say("vision.inspector.counted"))
    levels = addressed("net_levels", 2, _level)
    st.select_slider(say("vision.inspector.levels"), LEVELS, key="net_levels", width=320)
    for place, (column, each) in enumerate(zip(st.columns(2, gap="medium"), found, strict=True)):
        with column:
            st.markdown(f"**{each.name}**")
            rows = [_row(say, layer) for layer in each.layers if 0 < layer.level <= levels]
            draw_table(say, rows, f"tree_{place}", each.name)


def _chosen(say: Words) -> list[str]:
    names = []
    for column, (key, default) in zip(st.columns(len(DEFAULTS)), DEFAULTS.items(), strict=True):
        names.append(addressed_choice(f"{key}_net", CLASSIFIERS, default))
        with column:
            st.selectbox(say(f"vision.inspector.{key}"), CLASSIFIERS, key=f"{key}_net")
    return names


def _level(text: str) -> int:
    if int(text) not in LEVELS:
        raise ValueError(text)
    return int(text)


def _totals(say: Words, each: Inspection) -> dict[str, str | float | None]:
    """A whole network, a row."""
    whole, language = each.whole, say.language
    values = {
        "network": each.name,
        "image": f"{each.image_px} × {each.image_px}",
        "parameters": number_text(whole.parameters, "count", language),
        "work": number_text(whole.multiply_adds, "count", language),
        "flop": number_text(whole.multiply_adds * FLOP_PER_MULTIPLY_ADD, "count", language),
        "memory": f"{number_text(whole.kept_bytes / BYTES_PER_MB, '1')} MB",
        "top1": f"{number_text(each.top1_percent, '1')}%",
        "weights": each.weights,
    }
    return {say(f"vision.inspector.{key}"): value for key, value in values.items()}


def _row(say: Words, layer: Layer) -> dict[str, str | float | None]:
    name = INDENT * (layer.level - 1) + layer.path.rsplit(".", 1)[-1]
    shape = TIMES.join(str(size) for size in layer.output_shape[1:]) if layer.output_shape else "–"
    return {
        say("vision.inspector.layer"): f"{name} · {layer.kind}",
        say("vision.inspector.shape"): shape,
        say("vision.inspector.parameters"): layer.parameters,
        say("vision.inspector.work_millions"): round(layer.multiply_adds / 1e6, 3),
        say("vision.inspector.memory_mb"): round(layer.kept_bytes / BYTES_PER_MB, 3),
    }

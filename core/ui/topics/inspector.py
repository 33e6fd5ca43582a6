"""The inspector: two published networks side by side, first totals, then the tree of layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.content.numbers import number_text
from core.content.words import Words
from core.errors import InspectionFailed
from core.interpret.inspection import CLASSIFIERS, Inspection, Layer
from core.survey.flops import FLOP_PER_MULTIPLY_ADD
from core.ui.address import addressed_choice
from core.ui.shell import store_services
from core.ui.tables import draw_table

DEFAULTS = {"first": "resnet50", "second": "vgg16"}
LEVELS = (1, 2, 3, 4)
INDENT = "\u2003"  # one em per level
TIMES = "\u202f×\u202f"  # non-breaking, keeps a shape on one line
BYTES_PER_MB = 1e6
NOT_KNOWN = "–"
Cells = tuple[str | float | None, ...]
TOTALS = ("network", "image", "parameters", "work", "flop", "memory", "top1", "weights")
TREE = ("layer", "shape", "parameters", "work_millions", "memory_mb")
EMPTY_TOTALS = (NOT_KNOWN,) * (len(TOTALS) - 1)
EMPTY_TREE: Sequence[Cells] = [(NOT_KNOWN, NOT_KNOWN, None, None, None)] * 16  # as high as the tree's table


@st.fragment
def inspector(say: Words) -> None:
    """Choose two networks, which a worker inspects. Meanwhile, empty tables hold their place."""
    names = _chosen(say)
    head = st.empty()
    is_waiting = False

    def wait() -> None:
        nonlocal is_waiting
        if not is_waiting:
            is_waiting = True
            head.markdown(say("vision.inspector.busy"))
            _tables(say, names, [(name, *EMPTY_TOTALS) for name in names], lambda _place, _levels: EMPTY_TREE)

    runs = store_services().runs
    try:
        found = [runs.inspect(name, wait) for name in names]
    except InspectionFailed as problem:
        head.error(say.error(problem), icon=":material/error:")
        return
    if is_waiting:
        st.rerun()  # draws the same tables, filled
    head.markdown(f"**{say('vision.inspector.totals')}**")
    _tables(say, names, [_totals(say, each) for each in found], lambda place, levels: _tree(found[place], levels))


def _tables(
    say: Words, names: Sequence[str], totals: Sequence[Cells], tree: Callable[[int, int], Sequence[Cells]]
) -> None:
    """`tree` returns the rows of the first or second network, down to a level."""
    draw_table(say, _rows(say, TOTALS, totals), "totals", say("vision.inspector.totals"), prose=True)
    st.caption(say("vision.inspector.counted"))
    levels = addressed_choice("net_levels", LEVELS, 2)
    st.select_slider(say("vision.inspector.levels"), LEVELS, key="net_levels", width=320)
    for place, (column, name) in enumerate(zip(st.columns(2, gap="medium"), names, strict=True)):
        with column:
            st.markdown(f"**{name}**")
            draw_table(say, _rows(say, TREE, tree(place, levels)), f"tree_{place}", name)


def _rows(say: Words, heads: Sequence[str], rows: Sequence[Cells]) -> list[dict[str, str | float | None]]:
    return [{say(f"vision.inspector.{head}"): cell for head, cell in zip(heads, row, strict=True)} for row in rows]


def _chosen(say: Words) -> list[str]:
    names = []
    for column, (key, default) in zip(st.columns(len(DEFAULTS)), DEFAULTS.items(), strict=True):
        names.append(addressed_choice(f"{key}_net", CLASSIFIERS, default))
        with column:
            st.selectbox(say(f"vision.inspector.{key}"), CLASSIFIERS, key=f"{key}_net")
    return names


def _totals(say: Words, each: Inspection) -> Cells:
    """A whole network as one row."""
    whole, language = each.whole, say.language
    return (
        each.name,
        f"{each.image_px} × {each.image_px}",
        number_text(whole.parameters, "count", language),
        number_text(whole.multiply_adds, "count", language),
        number_text(whole.multiply_adds * FLOP_PER_MULTIPLY_ADD, "count", language),
        f"{number_text(whole.kept_bytes / BYTES_PER_MB, '1')} MB",
        f"{number_text(each.top1_percent, '1')}%",
        each.weights,
    )


def _tree(each: Inspection, levels: int) -> list[Cells]:
    return [_layer(layer) for layer in each.layers if 0 < layer.level <= levels]


def _layer(layer: Layer) -> Cells:
    name = INDENT * (layer.level - 1) + layer.path.rsplit(".", 1)[-1]
    shape = TIMES.join(str(size) for size in layer.output_shape[1:]) if layer.output_shape else NOT_KNOWN
    work, kept = round(layer.multiply_adds / 1e6, 3), round(layer.kept_bytes / BYTES_PER_MB, 3)
    return (f"{name} · {layer.kind}", shape, layer.parameters, work, kept)

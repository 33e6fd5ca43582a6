"""Go further: the last hidden layer as a map of the images, the loss surface around the network, its calibration."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from core.charts.hidden_map import Points, map_figure, turned
from core.charts.loss_surface import surface_figure
from core.content.numbers import number_text
from core.content.words import Words
from core.interpret.anatomy import SURFACE_IMAGES, SURFACE_SIDE, surface_steps
from core.runs.service import RunService
from core.ui.address import put
from core.ui.choices import choose
from core.ui.drawing import draw, page_mode
from core.ui.outage import problem_told
from core.ui.session import owner
from core.ui.understand.calibration import calibration
from core.ui.understand.look import IMAGE, Look, asked_in_parts, class_names
from core.ui.understand.picture import picture_card

IDEA, WAY = "further", "map"  # in the address
WAYS = ("pca", "tsne")
MAP_PX, SURFACE_PX = 760, 560


def further(say: Words, runs: RunService, look: Look) -> None:
    """One idea at a time."""
    ideas: Mapping[str, Callable[[Words, RunService, Look], None]] = {
        "map": _map, "surface": _surface, "calibration": calibration,
    }  # fmt: skip
    chosen = choose(
        say, IDEA, ideas, "understand.further.idea", "understand.further.ideas.{}", pills=True,
        label_visibility="collapsed",
    )  # fmt: skip
    ideas[chosen](say, runs, look)


def _map(say: Words, runs: RunService, look: Look) -> None:
    kept = [each for each in look.saved if each.weights_file]
    answers = asked_in_parts(say, runs, look, "hidden_layer", [(network, ()) for network in kept])
    if answers is None:
        return
    st.markdown(say("understand.map.about", epoch=look.network.epoch, n=len(answers[0][0])))
    way = choose(say, WAY, WAYS, "understand.map.way", "understand.map.ways.{}", label_visibility="collapsed")
    at = kept.index(look.network)
    maps = turned([_plane(points) for points, _ in answers])
    if way == "pca":
        st.caption(say("understand.map.pca", share=f"{answers[at][1][:2].sum():.0%}"))
        _draw_map(say, runs, look, maps[at], within=np.concatenate(maps))
    else:
        st.caption(say("understand.map.tsne"))
        if (places := _neighbours(say, runs, look, answers[at][0])) is not None:
            like_pca = turned([places, maps[at]])[0]
            _draw_map(say, runs, look, like_pca, within=like_pca)
    picture_card(say, runs, look)


def _plane(points: Points) -> Points:
    """The first two axes; if there is only one, a line."""
    return np.pad(points[:, :2], ((0, 0), (0, max(0, 2 - points.shape[1]))))


def _neighbours(say: Words, runs: RunService, look: Look, points: Points) -> Points | None:
    with problem_told(say), st.spinner(say("understand.map.arranging"), show_time=True):
        return runs.networks.neighbour_map(
            look.config, str(look.network.weights_file), points, owner(), lambda: st.session_state.get(WAY)
        )
    return None


def _draw_map(say: Words, runs: RunService, look: Look, points: Points, *, within: Points) -> None:
    names = class_names(say, look.config.dataset)
    truths = look.truths[: len(points)]
    taken = runs.networks.logits((look.network,))[0][: len(points)].argmax(1)
    figure = map_figure(say, page_mode(), names, points, truths, taken, within)
    with st.container(width=MAP_PX):
        alt = say("understand.map.alt", n=len(points))
        draw(say, figure, "hidden_map", alt, on_point=lambda image: put(IMAGE, int(image[0])))


def _surface(say: Words, runs: RunService, look: Look) -> None:
    st.markdown(say("understand.surface.about"))
    rows = asked_in_parts(say, runs, look, "loss_surface", [(look.network, (row,)) for row in range(SURFACE_SIDE)])
    if rows is None:
        return
    if not np.isfinite(rows).any():
        st.info(say("understand.surface.no_number"), icon=":material/info:")
        return
    middle = rows[SURFACE_SIDE // 2][SURFACE_SIDE // 2]
    title = say("understand.surface.title", epoch=look.network.epoch)
    with st.container(width=SURFACE_PX):
        draw(
            say,
            surface_figure(say, page_mode(), surface_steps(), rows, title),
            "loss_surface",
            say("understand.surface.alt"),
        )
    lowest, highest = float(np.nanmin(rows)), float(np.nanmax(rows))
    text = say(
        "understand.surface.read", middle=middle, lowest=lowest, highest=highest,
        n=number_text(look.config.num_parameters), images=SURFACE_IMAGES,
    )  # fmt: skip
    st.markdown(f":small[{text}]")  # links in a caption are too faint

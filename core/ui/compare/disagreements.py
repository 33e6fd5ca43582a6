"""The images on which compared runs disagree, as tiles to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.content.words import Words
from core.ui.address import put
from core.ui.components import component, component_value
from core.ui.images import picture_url
from core.ui.understand.look import IMAGE

KEY = "disagreements"

_component = component(
    "trendlab_disagreements",
    '<div class="tl-disagreements" role="toolbar"></div>',
    css=["compare/disagreements/style.css"],
    js=["compare/disagreements/main.js"],
)


@dataclass(frozen=True)
class Tile:
    """A validation image: its number, picture (24, 24, channels) and class, and the prediction of each run, by its
    number on the page."""

    image: int
    picture: NDArray[np.uint8]
    truth: int
    taken: Sequence[tuple[int, int]]


def draw_tiles(say: Words, tiles: Sequence[Tile], names: Sequence[str], chosen: int) -> None:
    """Draw one or more tiles. The clicked one becomes the image in the address."""
    data = {
        "tiles": [_tile_data(say, tile, names) for tile in tiles],
        "sprite": picture_url(np.concatenate([tile.picture for tile in tiles], axis=1)),
        "chosen": chosen,
        "label": say("compare.answers.tiles"),
        "lang": say.language,
    }
    _component(key=KEY, data=[data], on_image_change=_choose)


def _choose() -> None:
    image = component_value(KEY, "image")
    if image is not None:
        put(IMAGE, int(image))


def _tile_data(say: Words, tile: Tile, names: Sequence[str]) -> dict[str, object]:
    answers = [{"run": run, "taken": names[taken], "isRight": taken == tile.truth} for run, taken in tile.taken]
    parts = [
        say(f"compare.answers.{'right' if each['isRight'] else 'wrong'}", run=each["run"], taken=each["taken"])
        for each in answers
    ]
    label = say("compare.answers.tile", number=tile.image + 1, truth=names[tile.truth])
    return {
        "number": tile.image,
        "label": say("live.separator").join([label, *parts]),
        "truth": names[tile.truth],
        "answers": answers,
    }

"""Compares the answers of runs to the same images: whether chance explains the difference, which classes they confuse
differently, and on which images they disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.confusion_difference import confusion_difference_figure
from core.content.words import Words
from core.datasets.prepared import is_prepared
from core.diagnosis.pairs import apart_by_chance, paired, seeds_overlap
from core.diagnosis.story import compare
from core.errors import CheckpointError, DatasetError
from core.interpret.results import confusion, drop_empty_column
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.address import addressed, addressed_choice
from core.ui.choices import pick
from core.ui.compare.disagreements import Tile, draw_tiles
from core.ui.compare.why import chosen_image
from core.ui.drawing import draw, page_mode
from core.ui.lab.outcome import run_numbers
from core.ui.lab.variants import group_of
from core.ui.understand.look import IMAGE, Look, class_names, column_names
from core.ui.understand.picture import picture_pixels

PAIR = ("pair_a", "pair_b")  # in the address: the numbers of two runs
WHICH = "which"  # in the address: which disagreements
ALL, NONE_RIGHT = "all", "none_right"
MAX_TILES = 48


@dataclass(frozen=True)
class Answered:
    """A run with its prediction for each validation image after its last measured epoch. `number` is its number on the
    page; `settings` is equal for runs that differ only in their seed, measured after the same number of epochs."""

    number: int
    label: str
    settings: str
    look: Look
    taken: NDArray[np.int64]
    right: NDArray[np.bool_]


def answers(say: Words, runs: RunService, views: Sequence[RunView], labels: Sequence[str]) -> None:
    """For two to six runs."""
    st.header(say("compare.answers.title"), anchor=False)
    every = [_answered(runs, number, *run) for number, run in enumerate(zip(views, labels, strict=True), 1)]
    measured = [each for each in every if each]
    same = [each for each in measured if _images(each) == _images(measured[0])]
    if len(same) < 2:
        _why_not(say, runs, views)
        return
    if apart := [each.number for each in measured if each not in same]:
        st.warning(say("compare.answers.other_images", runs=_listed(say, apart)), icon=":material/filter_alt:")
    if silent := [number for number, each in enumerate(every, 1) if each is None]:
        st.caption(say("compare.answers.unmeasured", runs=_listed(say, silent)))
    a, b = _pair(say, same)
    truths, names = a.look.truths, class_names(say, a.look.config.dataset)
    _verdict(say, same, a, b)
    left, right = st.columns(2, gap="large")
    with left:
        _confusions(say, a, b, truths)
    with right:
        image = _disagreements(say, same, truths, names)
    if image is not None:
        chosen_image(say, runs, [(each.label, each.look) for each in same], names, image, int(truths[image]))


def _answered(runs: RunService, number: int, view: RunView, label: str) -> Answered | None:
    """None if nothing was measured yet, or the measurements no longer exist here."""
    saved = runs.networks.for_run(runs.run(view.id))
    if not saved or not is_prepared(view.config.dataset):
        return None
    look = Look(view, saved, saved[-1], 0)
    try:
        taken = runs.networks.logits(saved[-1:])[0].argmax(1)
        right = taken == look.truths
    except (CheckpointError, DatasetError):
        return None
    settings = f"{group_of(view)} {saved[-1].epoch}"
    return Answered(number, label, settings, look, taken, right)


def _images(run: Answered) -> tuple[str, int]:
    return run.look.config.dataset, run.look.config.val_shift


def _why_not(say: Words, runs: RunService, views: Sequence[RunView]) -> None:
    """Say why there is nothing to compare: not measured yet, or on different images."""
    numbers = [run_numbers(runs, view) for view in views[:2]]
    if len(views) == 2 and all(numbers):
        key, facts = compare(*(each for each in numbers if each))
        st.info(say(key, a="1", b="2", **facts), icon=":material/balance:")
    else:
        st.info(say("compare.answers.none"), icon=":material/hourglass_top:")


def _listed(say: Words, numbers: Sequence[int]) -> str:
    return say("language.comma").join(map(str, numbers))


def _pair(say: Words, same: Sequence[Answered]) -> tuple[Answered, Answered]:
    """The two runs to compare; with more than two, as chosen."""
    if len(same) == 2:
        return same[0], same[1]
    by_number = {str(each.number): each for each in same}
    chosen = [addressed_choice(key, by_number, list(by_number)[at]) for at, key in enumerate(PAIR)]
    with st.container(horizontal=True):
        for key in PAIR:
            st.selectbox(
                say(f"compare.answers.{key}"), list(by_number), key=key, width=440,
                format_func=lambda number: by_number[number].label,
            )  # fmt: skip
    return by_number[chosen[0]], by_number[chosen[1]]


def _verdict(say: Words, same: Sequence[Answered], a: Answered, b: Answered) -> None:
    """Whether one may be called better: on these images and, if there are other seeds, with those."""
    key, facts = paired(a.right, b.right)
    sentences = [say(key, a=a.number, b=b.number, num_validation=len(a.right), **facts)]
    bands = [_by_seed(same, run.settings) for run in (a, b)]
    overlap = seeds_overlap(*bands)
    are_twins = (a.settings, a.look.config.seed) == (b.settings, b.look.config.seed)
    if overlap is not None and not are_twins:
        outcome = "alike" if a.settings == b.settings else "within" if overlap else "beyond"
        places = {place: _band(say, band) for place, band in zip(("a_band", "b_band"), bands, strict=True)}
        chance = apart_by_chance(*map(len, bands))
        sentences.append(say(f"compare.seed_bands.{outcome}", a=a.number, b=b.number, chance=chance, **places))
    if not (a.look.view.is_final and b.look.view.is_final):
        sentences.append(say("compare.answers.so_far"))
    st.info("  \n".join(sentences), icon=":material/balance:")


def _by_seed(same: Sequence[Answered], settings: str) -> list[float]:
    """The accuracy of each seed of these settings; a seed that was trained twice counts once."""
    return list({e.look.config.seed: float(e.right.mean()) for e in same if e.settings == settings}.values())


def _band(say: Words, accuracies: Sequence[float]) -> str:
    if len(accuracies) == 1:
        return say("compare.seed_bands.one", accuracy=accuracies[0])
    return say("compare.seed_bands.band", n=len(accuracies), low=min(accuracies), high=max(accuracies))


def _confusions(say: Words, a: Answered, b: Answered, truths: NDArray[np.int64]) -> None:
    st.markdown(say("compare.confusions.title", a=a.number, b=b.number))
    config = a.look.config
    ours, theirs = drop_empty_column(np.stack([confusion(truths, each.taken, config.num_classes) for each in (a, b)]))
    if (ours == theirs).all():
        st.info(say("compare.confusions.none"))
        return
    columns = column_names(say, config)
    figure = confusion_difference_figure(theirs - ours, columns, say.by_prefix("compare.confusions"), page_mode())
    draw(say, figure, "confusion_difference", say("compare.confusions.alt"))
    st.caption(say("compare.confusions.about", a=a.number, b=b.number))


def _disagreements(say: Words, same: Sequence[Answered], truths: NDArray[np.int64], names: Sequence[str]) -> int | None:
    """Draw the tiles; returns the chosen image, by default the first."""
    st.markdown(say("compare.answers.where"))
    taken, right = (np.stack([getattr(each, part) for each in same]) for part in ("taken", "right"))
    differ = (taken != taken[0]).any(0)
    kinds = {ALL: differ}
    kinds |= {str(each.number): right[at] & (right.sum(0) == 1) for at, each in enumerate(same)}
    kinds[NONE_RIGHT] = differ & ~right.any(0)
    which = pick(WHICH, kinds, say("compare.answers.which"), lambda kind: say(_kind_key(kind), run=kind))
    found = np.flatnonzero(kinds[which]).tolist()
    if not found:
        st.info(say("compare.answers.agree"))
        return None
    return _tiles(say, same, found, truths, names)


def _kind_key(kind: str) -> str:
    return f"compare.answers.{kind if kind in (ALL, NONE_RIGHT) else 'only_right'}"


def _tiles(
    say: Words, same: Sequence[Answered], found: Sequence[int], truths: NDArray[np.int64], names: Sequence[str]
) -> int:
    """If the image in the address is none of them, choose the first."""
    look, image = same[0].look, addressed(IMAGE, 0, int)
    chosen = image if image in found else found[0]
    shown = [
        Tile(n, picture_pixels(replace(look, picture=n)), int(truths[n]), [(e.number, int(e.taken[n])) for e in same])
        for n in found[:MAX_TILES]
    ]
    draw_tiles(say, shown, names, chosen)
    key = "first" if len(found) > MAX_TILES else "counted"
    st.caption(say(f"compare.answers.{key}", most=MAX_TILES, n=len(found)))
    return chosen

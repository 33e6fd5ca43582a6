"""The Compare page: two to six runs in one chart, their differences, and the whole class as a sweep."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core import catalog
from core.charts.compare import AXES, Axis, ComparedRun, compare_figures, last_values
from core.charts.house import Figure
from core.config import RunConfig
from core.content.words import Words
from core.runs.service import RunService
from core.runs.views import RunView
from core.ui.address import put
from core.ui.choices import choose
from core.ui.compare.answers import answers
from core.ui.compare.sweep import sweep_tab
from core.ui.drawing import draw, page_mode
from core.ui.lab.charts import run_points
from core.ui.lab.fields import named, used_value, value_text
from core.ui.lab.notices import show_notice
from core.ui.lab.run_words import run_label, short_state_text
from core.ui.lab.variants import MAX_RUNS, RUNS, group_of, one_change
from core.ui.outage import outage_told
from core.ui.services import services
from core.ui.session import owner, words
from core.ui.shell import has_come, open_services, page_head, page_link
from core.ui.tables import Row, draw_table

MIN_RUNS = 2
WHAT = "what"  # in the address: the chosen runs, or those of the whole class


def compare_page() -> None:
    """Chosen runs, or the whole class."""
    say = words()
    runs = open_services().runs
    page_head("compare")
    show_notice(say)
    if has_come() and RUNS in st.query_params and WHAT not in st.query_params:
        put(WHAT, "chosen")  # a reader sent here with these runs wants to see them
    what = choose(say, WHAT, ("chosen", "class"), "compare.what", "compare.{}", label_visibility="collapsed")
    if what == "class":
        sweep_tab(say, runs)
        return
    views = _chosen(say, runs)
    if len(views) < MIN_RUNS:
        st.info(say("compare.too_few"))
        page_link("runs", say("compare.to_runs"))
    if views:
        _overlaid(say, runs, views)
        if len(views) >= MIN_RUNS:
            answers(say, runs, views, _labels(say, views, without=()))
        one_change(say, runs, views, MAX_RUNS - len(views))


def _chosen(say: Words, runs: RunService) -> list[RunView]:
    """The runs in the address that the reader may see: their own and public ones, at most six."""
    asked = list(dict.fromkeys(filter(None, st.query_params.get(RUNS, "").split("."))))
    found = runs.views(asked)
    seen = [found[i] for i in asked if i in found and (found[i].public or found[i].owner == owner())]
    if missing := len(asked) - len(seen):
        st.warning(say("compare.missing", n=missing), icon=":material/visibility_off:")
    if len(seen) > MAX_RUNS:
        st.warning(say("compare.too_many", n=len(seen), most=MAX_RUNS), icon=":material/filter_6:")
    return seen[:MAX_RUNS]


def _overlaid(say: Words, runs: RunService, views: Sequence[RunView]) -> None:
    axis: Axis = choose(say, "axis", AXES, "compare.axis.choose", "compare.axis.{}")  # type: ignore[assignment]
    groups = {group_of(view) for view in views}
    has_seeds = len(groups) < len({(group_of(view), view.config.seed) for view in views})
    band = st.toggle(say("compare.band"), True, key="band", help=say("compare.band_help"), disabled=not has_seeds)
    moving = any(not view.is_final for view in views)
    ids = [view.id for view in views]

    @st.fragment(run_every=services().pollers.interval_s(owner()) if moving else None)
    @outage_told()
    def charts() -> None:
        now = list(runs.views(ids).values())
        if len(now) < len(ids):  # some were deleted meanwhile; the page says so
            st.rerun()
        now.sort(key=lambda view: ids.index(view.id))
        labels = _labels(say, now, without=("seed",) if band and has_seeds else ())
        drawn = [_compared(runs, view, label) for view, label in zip(now, labels, strict=True)]
        figures = compare_figures(drawn, axis, say.by_prefix("compare"), page_mode(), band=band and has_seeds)
        for column, name in zip(st.columns(2), ("loss", "accuracy"), strict=True):
            with column:
                draw(say, figures[name], f"compare_{name}", _alt(say, name, figures[name]))
        _differences(say, runs, now)
        if moving and all(view.is_final for view in now):
            st.rerun()

    charts()


def _alt(say: Words, name: str, figure: Figure) -> str:
    form = ".1%" if name == "accuracy" else ".3g"
    ends = [say("fields.told", label=label, value=f"{value:{form}}") for label, value in last_values(figure).items()]
    return (
        say(f"compare.{name}.alt", ends=say("topic.runs_separator").join(ends))
        if ends
        else say(f"compare.{name}.title")
    )


def _compared(runs: RunService, view: RunView, label: str) -> ComparedRun:
    measured = run_points(runs, view)
    per_epoch = view.steps_per_epoch
    return ComparedRun(
        id=view.id,
        label=label,
        group=group_of(view),
        seed=view.config.seed,
        chance=view.config.chance,
        chance_loss=view.config.chance_loss,
        largest=catalog.largest_share(view.config.dataset),
        steps=[(point[0] or 0) + ((1 << measured.k) - 1) / 2 for point in measured.points],
        losses=[point[1] for point in measured.points],
        epochs=measured.epochs,
        steps_per_epoch=per_epoch,
        images_per_epoch=_images_per_epoch(view),
        step_s=view.step_s,
    )


def _images_per_epoch(view: RunView) -> int:
    """Images per epoch; if the data set is missing here, estimated from the batches."""
    config, num_train = view.config, int(catalog.spec_of("datasets", view.config.dataset)["num_train"])
    is_whole = config.steps_per_epoch(num_train) == view.steps_per_epoch
    return config.images_per_epoch(num_train) if is_whole else view.steps_per_epoch * config.batch_size


def _differing(views: Sequence[RunView]) -> list[str]:
    """The settings in which the runs differ."""
    used = [field for field in RunConfig.model_fields if any(view.config.uses(field) for view in views)]
    return [field for field in used if len({_value(view, field) for view in views}) > 1]


def _value(view: RunView, field: str) -> object:
    value = used_value(view.config, field)
    return (value, view.changes) if field == "learning_rate" else value


def _labels(say: Words, views: Sequence[RunView], without: Sequence[str]) -> list[str]:
    """A run's name, or what sets it apart from the others, leaving out the fields in `without`."""
    differing = _most_telling_first(views, [field for field in _differing(views) if field not in without])
    labels = []
    for number, view in enumerate(views, 1):
        apart = [named(say, f, _setting_text(say, view, f)) for f in differing]
        labels.append(f"{number} · {view.name or say('live.separator').join(apart) or run_label(say, view)}")
    return labels


def _most_telling_first(views: Sequence[RunView], fields: Sequence[str]) -> list[str]:
    """Each next field tells more of the runs apart, together with those before it, than a later one would, as a legend
    cuts long names."""
    ordered = list[str]()

    def num_told_apart(field: str) -> int:
        return len({tuple(_value(view, each) for each in (*ordered, field)) for view in views})

    while left := [field for field in fields if field not in ordered]:
        ordered.append(max(left, key=num_told_apart))
    return ordered


def _setting_text(say: Words, view: RunView, field: str) -> str:
    """A setting's value; for the learning rate, including changes on the way."""
    if not view.config.uses(field):
        return say("compare.idle")
    texts = [value_text(say, field, getattr(view.config, field))]
    for step, rate in view.changes if field == "learning_rate" else ():
        texts.append(say("compare.rate_after", step=step, rate=value_text(say, field, rate)))
    return " → ".join(texts)


def _differences(say: Words, runs: RunService, views: Sequence[RunView]) -> None:
    """One row per run: how it ended, and the settings that differ; a note says that all others are equal."""
    ended, differing = runs.final_accuracies(views), _differing(views)
    accuracy = say("runs.columns.accuracy")
    rows: list[Row] = [
        {
            say("understand.run"): str(number),
            accuracy: 100 * ended[view.id] if view.id in ended else None,
            **{say(f"fields.{field}.label"): _setting_text(say, view, field) for field in differing},
            say("runs.columns.state"): short_state_text(say, view),
        }
        for number, view in enumerate(views, 1)
    ]
    draw_table(say, rows, "differences", say("compare.settings"), percents={accuracy})
    st.caption(say("compare.equal"))

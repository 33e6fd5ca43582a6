"""Home: what a large AI model is, how scale grew, an overview of the survey, and the way to the lab."""

from __future__ import annotations

import streamlit as st

from core import catalog
from core.charts.evidence import AS_OF
from core.config import RunConfig
from core.content.numbers import number_text, power_text
from core.content.words import Words
from core.errors import StoreError
from core.runs.build import showcase
from core.runs.records import State
from core.runs.views import RunView
from core.survey.flops import FLOP_PER_MULTIPLY_ADD, PASSES, images_seen, multiply_adds, training_flop
from core.survey.landmarks import gpt3_in_runs
from core.ui.buttons import button
from core.ui.lab.address_check import drop_address_problems, show_address_problems
from core.ui.lab.charts import loss_evidence
from core.ui.lab.run_words import short_date
from core.ui.lab.tour import follow_tour, tour_buttons, tour_card
from core.ui.services import services
from core.ui.session import owner
from core.ui.shell import TEXT_PX, open_services, page_file, page_link
from core.ui.topics.evidence import show
from core.ui.topics.landmark_card import model_card
from core.ui.topics.scale_chart import scale_chart
from core.ui.topics.topic import Topic, topic_page

TOPICS = ("deep", "language", "vision", "scale", "privacy")  # the survey's five, in its order
CARDS_A_ROW = 3  # more would cut off their names


def home_page() -> None:
    drop_address_problems("home")
    follow_tour("home")
    topic_page("home", _body, above=_above)


def _above(say: Words) -> None:
    show_address_problems(say)
    tour_card(say)


def _body(topic: Topic) -> None:
    run = _own_run()
    _ways_in(topic.say)
    topic.beside(lambda: _scale(topic, run))
    here, card = st.columns(2, gap="large")
    with here:
        _you_are_here(topic, run)
    with card:
        topic.section("card")
        model_card(topic.say)
    topic.section("map")
    _map(topic)
    with topic.try_it():
        page_link("train", f"**{topic.say('home.go')}**")
        _recorded_run(topic.say)
    topic.check()


def _ways_in(say: Words) -> None:
    with st.container(horizontal=True):
        if button(say("home.go"), "model_training", primary=True, key="go"):
            st.switch_page(page_file("train"))
        tour_buttons(say)


def _own_run() -> RunView | None:
    """The learner's own last finished run; None if there is none or the store cannot be read now."""
    try:
        views = services().runs.runs_of(owner())
    except StoreError:  # reported on the pages that need runs
        return None
    finished = [view for view in views if view.state is State.FINISHED]
    return max(finished, key=lambda view: view.created_at, default=None)


def _scale(topic: Topic, run: RunView | None) -> None:
    config, day, label = (run.config, short_date(run), "own_run") if run else (RunConfig(), AS_OF, "small_run")
    scale_chart(topic.say, (training_flop(config), day, label))


def _you_are_here(topic: Topic, run: RunView | None) -> None:
    """The learner's last run, or else the survey's own program, on the axes of the large models."""
    topic.section("here")
    say, config = topic.say, run.config if run else RunConfig()
    text = say(
        "home.here.own_run" if run else "home.here.small_run",
        model=say.of(catalog.specs("models")[config.model]["label"]), epochs=config.epochs,
        images=number_text(images_seen(config)), adds=number_text(multiply_adds(config)),
        two=FLOP_PER_MULTIPLY_ADD, passes=PASSES, flop=power_text(training_flop(config)),
    )  # fmt: skip
    st.markdown(text, width=TEXT_PX)
    st.markdown(say("home.here.times", times=power_text(gpt3_in_runs(config))), width=TEXT_PX)
    topic.folded("six")


def _map(topic: Topic) -> None:
    """The five topics, each with a link to its page by its name in the navigation."""
    for first in range(0, len(TOPICS), CARDS_A_ROW):
        for place, name in zip(st.columns(CARDS_A_ROW), TOPICS[first : first + CARDS_A_ROW], strict=False):
            with place.container(border=True, height="stretch"):
                page_link(name, topic.say(f"{name}.nav"))
                st.markdown(topic.page.text(name))


def _recorded_run(say: Words) -> None:
    runs = open_services().runs
    if recorded := showcase(runs):
        show(say, "recorded", loss_evidence(say, runs, recorded))

"""Home's scale chart with its filters, kept in the address, and the doubling times of the points in view."""

from __future__ import annotations

import streamlit as st

from core.charts.landmark_table import Own
from core.charts.landmarks import LABELLED, all_evidence, opening_evidence
from core.content.words import Words
from core.survey.fits import LEAST_POINTS
from core.survey.landmarks import ALL, FILTERS, FIRST_YEAR, LAST_YEAR, MEASURES, Fit, fits, in_view
from core.ui.address import addressed_choice, addressed_flag
from core.ui.topics.evidence import clicked_point, evidence
from core.ui.topics.landmark_card import choose_model, show_clicked

KEY = "landmarks"


def scale_chart(say: Words, own: Own) -> None:
    """Twelve labelled models or, on request, all of them by field, for each measure."""
    everything = addressed_flag("all_models")
    measure = addressed_choice("measure", MEASURES, "compute")
    domain = addressed_choice("domain", FILTERS, ALL)
    since = addressed_choice("since", range(FIRST_YEAR, LAST_YEAR + 1), FIRST_YEAR)
    st.toggle(say("home.show_all"), key="all_models")
    show_clicked(say)
    if not everything:
        evidence(say, KEY, opening_evidence, on_point=_open_card, own=own)
        st.caption(say("home.others", n=len(in_view("compute")) - len(LABELLED)))
        return
    _filters(say)
    if in_view(measure, domain, since):
        evidence(
            say, KEY, all_evidence, on_point=_open_card, measure=measure, domain=domain, since=since,
            own=own if measure == "compute" else None,
        )  # fmt: skip
    else:
        st.info(say("home.nothing"))
    _doubling(say, measure, fits(measure, domain, since))


def _filters(say: Words) -> None:
    st.segmented_control(
        say("home.choose_measure"), list(MEASURES), format_func=lambda name: say(f"home.measure.{name}"),
        key="measure", required=True,
    )  # fmt: skip
    field, years = st.columns(2, gap="medium")
    field.selectbox(
        say("home.choose_domain"), FILTERS, format_func=lambda name: say(f"home.domain.{name}"), key="domain"
    )
    years.slider(say("home.choose_since"), FIRST_YEAR, LAST_YEAR, key="since")


def _doubling(say: Words, measure: str, found: tuple[Fit, ...]) -> None:
    """The doubling time of each field's points, and what was left out."""
    lines = [_fit_line(say, each) for each in found] or [say("home.fit.few", n=LEAST_POINTS)] * (measure != "cost")
    st.markdown("\n".join(f"- {line}" for line in [*lines, say(f"home.fit.{measure}")]))


def _fit_line(say: Words, fit: Fit) -> str:
    field = say(f"home.domain.{fit.domain}")
    if fit.rise is None:
        return say("home.fit.none", field=field, n=len(fit.rows))
    rise = fit.rise
    months = {"months": rise.doubling_months, "low": rise.low_months, "high": rise.high_months}
    return say("home.fit.rise", field=field, n=rise.num_points, **{key: f"{each:.1f}" for key, each in months.items()})


def _open_card() -> None:
    if key := clicked_point(KEY):
        choose_model(key)

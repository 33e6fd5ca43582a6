"""Calibration: whether the network is right as often as its probabilities say."""

from __future__ import annotations

import streamlit as st

from core.charts.calibration import calibration_figure
from core.content.words import Words
from core.interpret.results import calibration as measured
from core.interpret.results import chance_gap, probabilities
from core.runs.service import RunService
from core.ui.drawing import draw, page_mode
from core.ui.understand.look import Look

CHART_PX = 640
CLOSE = 0.02  # smaller gaps in probability do not matter, however many images there are


def calibration(say: Words, runs: RunService, look: Look) -> None:
    """The reliability diagram of the chosen epoch, with its error in words."""
    shares = probabilities(runs.networks.logits((look.at,))[0])
    truths = look.truths
    found = measured(shares, truths)
    confidence, accuracy = float(shares.max(1).mean()), float((shares.argmax(1) == truths).mean())
    st.markdown(say("understand.calibration.about"))
    is_close = abs(confidence - accuracy) < max(CLOSE, chance_gap(shares))
    verdict = "fits" if is_close else "over" if confidence > accuracy else "under"
    st.markdown(
        say("understand.calibration.told", epoch=look.at.epoch, confidence=confidence, accuracy=accuracy)
        + say("language.gap")
        + say(f"understand.calibration.{verdict}")
    )
    with st.container(width=CHART_PX):
        draw(say, calibration_figure(say, page_mode(), found), "calibration", say("understand.calibration.alt"))
        st.caption(say("understand.calibration.error", points=100 * found.error, n=len(truths)))

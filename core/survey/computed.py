"""All computed figures that texts quote, by name."""

from __future__ import annotations

from core.survey import applications, depth, landmarks, language, layers, outlook, scale, vision
from core.survey.figure import Figures

COMPUTED: Figures = {
    **depth.FIGURES,
    **vision.FIGURES,
    **language.FIGURES,
    **scale.FIGURES,
    **applications.FIGURES,
    **layers.FIGURES,
    **outlook.FIGURES,
    **landmarks.FIGURES,
}

"""The Scale page's calculators: a training's compute, time, energy and cost; its memory; the best size."""

from __future__ import annotations

import streamlit as st

from core.charts.scale_calculators import gigabytes, laws_evidence, memory_evidence
from core.content.numbers import number_text, power_text
from core.content.words import Words
from core.facts.tables import table
from core.survey.compute import preset_rows
from core.survey.memory import KEPT_ACTIVATIONS, RECIPES, activation_bytes, training_memory
from core.ui.choices import choose
from core.ui.shell import TEXT_PX
from core.ui.topics import scale_settings as stops
from core.ui.topics.evidence import evidence
from core.ui.topics.scale_settings import CALCULATORS, INPUTS_TO_RESULTS, Settings, slider, take_model
from core.ui.topics.scale_training import training
from core.ui.topics.topic import Topic

MEMORY_LATEX = (
    r"\begin{aligned} M ={} & N\,(w + g + o) \\ & + L\,s\,b\,h\,\left(34 + \frac{5\,a\,s}{h}\right) \end{aligned}"
)
OPTIMUM_LATEX = (
    r"\begin{aligned} N_{opt} &= G\left(\frac{C}{6}\right)^{\frac{\beta}{\alpha+\beta}}, \quad "
    r"D_{opt} = \frac{C}{6\,N_{opt}} \\ "
    r"G &= \left(\frac{\alpha A}{\beta B}\right)^{\frac{1}{\alpha+\beta}} \end{aligned}"
)
LAWS = ("chinchilla_approach_1", "chinchilla_parametric_loss_approach_3", "twenty_tokens_a_parameter")


def calculators(topic: Topic, chosen: Settings) -> None:
    """One calculator at a time; one click fills in a published model."""
    say = topic.say
    which = choose(
        say, "scale_calculator", CALCULATORS, "scale.calculator", "scale.calculators.{}", label_visibility="collapsed"
    )
    _presets(say)
    st.markdown(topic.page.text(which), width=TEXT_PX)
    {"training": training, "memory": _memory, "optimum": _optimum}[which](say, chosen)


def _presets(say: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(say("scale.presets"), width="content")
        for row in preset_rows():
            st.button(row["name"], key=f"scale_preset_{row['key']}", on_click=take_model, args=(row["key"],))


def _memory(say: Words, chosen: Settings) -> None:
    activations = activation_bytes(chosen.parameters, chosen.layers, chosen.sequence, chosen.batch, chosen.kept)
    inputs, results = st.columns(INPUTS_TO_RESULTS, gap="large")
    with inputs:
        stops.size_slider(say)
        st.selectbox(
            say("scale.input.recipe"),
            list(RECIPES),
            format_func=lambda each: _recipe(say, each),
            key="scale_recipe",
            help=say("scale.hint.recipe"),
        )
        stops.chip_inputs(say)
        with st.popover(say("scale.input.activations"), icon=":material/tune:"):
            slider(say("scale.input.layers"), "scale_layers", stops.LAYERS, str)
            slider(say("scale.input.sequence"), "scale_sequence", stops.SEQUENCES, number_text)
            slider(say("scale.input.batch"), "scale_batch", stops.BATCHES, str)
            st.selectbox(say("scale.input.kept"), list(KEPT_ACTIVATIONS), key="scale_kept",
                         format_func=lambda each: say(f"scale.kept.{each}"))  # fmt: skip
    with results:
        before = training_memory(RECIPES[chosen.recipe], chosen.parameters, 0, 1, 0.0)
        st.markdown(say("scale.memory.before", total=gigabytes(before.total), activations=gigabytes(activations)))
        evidence(
            say,
            "memory",
            memory_evidence,
            recipe=chosen.recipe,
            parameters=chosen.parameters,
            chips=chosen.chips,
            activations=activations,
            chip=chosen.chip,
        )
        st.latex(MEMORY_LATEX)
        st.caption(say("scale.symbols.memory"))


def _optimum(say: Words, chosen: Settings) -> None:
    slider(
        say("scale.input.budget"), "scale_budget", stops.budget_stops(), lambda value: f"{power_text(value, 3)} FLOP"
    )
    evidence(say, "laws", laws_evidence, flop=chosen.budget_flop)
    with st.expander(say("scale.laws.formulas")):
        for key in LAWS:
            st.markdown(say(f"scale.laws.about.{key}"))
            st.latex(table("scaling_laws")[key]["formula_latex"])
        st.latex(OPTIMUM_LATEX)


def _recipe(say: Words, key: str) -> str:
    each = RECIPES[key]
    parts = f"{each.weights} + {each.gradients} + {each.optimizer} = {each.total}"
    return say("scale.recipe_bytes", recipe=say(f"scale.recipe.{key}"), bytes=parts)

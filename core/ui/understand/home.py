"""Take home: files to run the network of the chosen epoch elsewhere, and downloads of its run."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from urllib.parse import urlencode

import streamlit as st

from core.content.numbers import number_text
from core.content.words import Words
from core.export.table import metrics_csv
from core.export.using import FORMATS, Format, Taken, picture_png, using_program
from core.runs.service import RunService
from core.ui.choices import choose
from core.ui.lab.code import program_downloads, rate_changes
from core.ui.session import NETWORK
from core.ui.understand.look import EPOCH, IMAGE, Look, class_names
from core.ui.understand.picture import picture_pixels

FORM = "form"  # in the address: which example is shown
ICONS = {"safetensors": "grid_on", "onnx": "schema"}
CODE_HEIGHT_PX = 480


def network_home(say: Words, runs: RunService, look: Look) -> None:
    """The weights as files, generated on request, each with a program that uses it."""
    taken = taken_network(say, look)
    st.header(say("understand.home.network"), anchor=False)
    st.markdown(say("understand.home.about", n=number_text(look.config.num_parameters), epoch=taken.epoch))
    if taken.epoch != look.at.epoch:
        kept = say("language.comma").join(str(each.epoch) for each in look.saved if each.weights_file)
        st.caption(say("understand.home.other_epoch", chosen=look.at.epoch, epoch=taken.epoch, kept=kept))
    if look.config.precision != "float32":
        st.caption(say("understand.home.precision"))
    picture = picture_file(look)
    with st.container(horizontal=True):
        for form in FORMATS:
            st.download_button(
                say(f"understand.home.{form}"), partial(_weights, runs, look, taken, form), taken.file(form),
                "application/octet-stream", key=f"take_{form}", icon=f":material/{ICONS[form]}:", on_click="ignore",
                help=say(f"understand.home.help.{form}"),
            )  # fmt: skip
        st.download_button(
            say("understand.home.picture"), lambda: picture_png(picture_pixels(look)), picture, "image/png",
            key="take_picture", icon=":material/image:", on_click="ignore", help=say("understand.home.picture_help"),
        )  # fmt: skip
    with st.expander(say("understand.home.use"), icon=":material/terminal:", key="use", on_change="rerun") as opened:
        if opened.open:
            _use(say, taken, picture)


def run_home(say: Words, runs: RunService, look: Look) -> None:
    """The run's program, its numbers and its address."""
    st.header(say("understand.home.run"), anchor=False)
    view = look.view
    with st.container(horizontal=True):
        program_downloads(say, view.config, rate_changes(view))
        st.download_button(
            say("understand.home.csv"), lambda: metrics_csv(runs.curve(view), view),
            f"trendlab_{look.config.model}_{look.config.dataset}.csv", "text/csv", key="csv",
            icon=":material/table:", on_click="ignore",
        )  # fmt: skip
    st.markdown(say("understand.home.link" if view.public else "understand.home.link_own"))
    st.code(reopening_link(look), language=None, wrap_lines=True)


def taken_network(say: Words, look: Look) -> Taken:
    return Taken(look.config, look.view.id, look.network.epoch, tuple(class_names(say, look.config.dataset)))


def reopening_link(look: Look) -> str:
    """The address of this page with its run, epoch and validation image."""
    address = {NETWORK: look.view.id, EPOCH: look.at.epoch}
    if isinstance(look.picture, int) and look.picture:
        address[IMAGE] = look.picture
    return f"{st.context.url}?{urlencode(address)}"


def _weights(runs: RunService, look: Look, taken: Taken, form: Format) -> bytes:
    content: bytes = runs.networks.ask(
        look.config, str(look.network.weights_file), f"weights_{form}", taken.notes(), kept=False
    )
    return content


def picture_file(look: Look) -> str:
    """The name of the file: two drawings have different ones."""
    drawn = look.picture
    which = f"image{drawn + 1}" if isinstance(drawn, int) else f"own_picture_{sha256(drawn).hexdigest()[:8]}"
    return f"trendlab_{look.config.dataset}_{which}.png"


def _use(say: Words, taken: Taken, picture: str) -> None:
    form: Format = choose(  # type: ignore[assignment]
        say, FORM, FORMATS, "understand.home.form", "understand.home.{}", label_visibility="collapsed"
    )
    st.markdown(say("understand.home.use_about", weights=taken.file(form), picture=picture))
    st.code(using_program(taken, form, picture, say.language), language="python", height=CODE_HEIGHT_PX)

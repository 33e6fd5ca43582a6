"""Own images: a dialog that takes a ZIP or CSV, follows its check, and shows the resulting data set."""

from __future__ import annotations

import streamlit as st

from core import catalog
from core.config import choices
from core.content.numbers import number_text
from core.content.plain import escaped
from core.content.words import Words
from core.datasets.own import limits
from core.datasets.prepared import is_prepared
from core.runs.own_sets import Upload
from core.runs.service import RunService
from core.ui.address import put
from core.ui.buttons import button
from core.ui.lab.fields import choice_label
from core.ui.lab.notices import attempt, show_notice
from core.ui.lab.own_view import left_out_view, own_set_view
from core.ui.lab.sidebar import fold_sidebar
from core.ui.session import owner

WINDOW = "own_window"  # what the dialog shows: UPLOAD or the name of a data set; empty while it is closed
UPLOAD = "upload"
CHOSEN = "own_chosen"  # the dialog was closed in order to train
FILE = "own_file"
NUM_FILES = "own_num_files"  # a new uploader for each file, as the old one would keep its file in memory
LOOK_EVERY_S = 0.5


def offered_datasets(runs: RunService, chosen: str) -> tuple[str, ...]:
    """The data sets for everyone, the reader's own, and the chosen one if a link or a run names it."""
    own = runs.own_sets.for_owner(owner())
    return (*choices("dataset"), *own, *([chosen] if catalog.is_own(chosen) and chosen not in own else []))


def take_upload(runs: RunService) -> None:
    """Select the data set made from an upload, once; call before the settings are drawn."""
    if name := runs.own_sets.pop_result(owner()):
        put("dataset", name)


def own_buttons(say: Words, dataset: str) -> None:
    """The buttons that open the dialog, below the choice of a data set."""
    with st.container(horizontal=True):
        st.button(say("own.use"), icon=":material/add_photo_alternate:", key="own_use", on_click=_open, args=(UPLOAD,))
        if catalog.is_own(dataset):
            st.button(say("own.look"), icon=":material/photo_library:", key="own_look", on_click=_open, args=(dataset,))


def own_window(say: Words, runs: RunService) -> None:
    """The dialog, if it is open."""
    if st.session_state.pop(CHOSEN, False):
        fold_sidebar()
    shown = st.session_state.get(WINDOW, "")
    if not shown:
        return

    @st.dialog(say("own.title"), width="medium", icon=":material/photo_library:", on_dismiss=close_own_window)
    def window() -> None:
        if not st.session_state[WINDOW]:  # closed by a button in it
            st.rerun()
        show_notice(say)
        if shown != UPLOAD and is_prepared(shown):
            st.markdown(f"**{say.of(catalog.spec_of('datasets', shown)['label'])}**")
            own_set_view(say, shown)
            return
        upload = runs.own_sets.upload(owner())
        if upload is None:
            _ask(say, runs)
        elif upload.is_under_way:
            _follow(say, runs)
        else:
            _outcome(say, runs, upload)

    window()


def _ask(say: Words, runs: RunService) -> None:
    st.markdown(say("own.intro"))
    with st.expander(say("own.example_title"), icon=":material/folder_zip:"):
        st.code(say("own.example"), language=None)
    st.caption(
        say(
            "own.limits", mb=limits.MAX_UPLOAD_MB, low=limits.MIN_CLASSES, high=limits.MAX_CLASSES,
            each=limits.MIN_IMAGES_PER_CLASS, most=number_text(limits.MAX_IMAGES),
        )
    )  # fmt: skip
    st.info(f"**{say('own.privacy_title')}**\n\n{say('own.privacy')}", icon=":material/privacy_tip:")
    key = f"{FILE}_{st.session_state.setdefault(NUM_FILES, 0)}"
    st.file_uploader(
        say("own.choose"), ["zip", "csv"], key=key, max_upload_size=limits.MAX_UPLOAD_MB,
        on_change=attempt, args=(_check, runs, key),
    )  # fmt: skip
    if own := runs.own_sets.for_owner(owner()):
        with st.expander(say("own.mine", n=len(own)), icon=":material/photo_library:"):
            for name in own:
                _one_of_mine(say, runs, name)


def _one_of_mine(say: Words, runs: RunService, name: str) -> None:
    spec = catalog.spec_of("datasets", name)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(escaped(choice_label(say, "dataset", name)), width="content")
        with st.popover(say("own.delete"), icon=":material/delete:", key=f"own_delete_{name}"):
            st.markdown(say("own.delete_sure", n=spec["num_train"] + spec["num_validation"]))
            st.button(
                say("own.delete_now"), key=f"own_gone_{name}", icon=":material/delete_forever:",
                on_click=attempt, args=(runs.delete_own_set, owner(), name),
            )  # fmt: skip


def _follow(say: Words, runs: RunService) -> None:
    @st.fragment(run_every=LOOK_EVERY_S)
    def follow() -> None:
        upload = runs.own_sets.upload(owner())
        if upload is None or not upload.is_under_way:
            st.rerun()
        key = "own.waiting" if upload.state == "waiting" else "own.checking"
        st.progress(upload.progress, say(key, file=upload.file_name, place=upload.place))
        st.caption(say("own.may_close"))

    follow()


def _outcome(say: Words, runs: RunService, upload: Upload) -> None:
    if upload.error:
        st.error(say.error(upload.error), icon=":material/error:")
        left_out_view(say, upload.error.facts().get("left_out", []))
        st.caption(say("own.refused", file=upload.file_name))
        st.button(say("own.again"), key="own_again", icon=":material/upload_file:", on_click=_forget, args=(runs,))
        return
    st.success(say("own.ready", file=upload.file_name), icon=":material/check_circle:")
    with st.container(horizontal=True):
        button(say("own.train"), "model_training", primary=True, key="own_train", on_click=_done, args=(runs,))
        st.button(say("own.another"), key="own_another", icon=":material/upload_file:", on_click=_forget, args=(runs,))
    if is_prepared(upload.dataset):
        own_set_view(say, upload.dataset)


def _check(runs: RunService, key: str) -> None:
    file = st.session_state.get(key)
    if file is not None:
        st.session_state[NUM_FILES] += 1
        runs.own_sets.check(owner(), file.name, file)


def _open(what: str) -> None:
    st.session_state[WINDOW] = what


def close_own_window() -> None:
    st.session_state[WINDOW] = ""


def _forget(runs: RunService) -> None:
    runs.own_sets.forget_upload(owner())


def _done(runs: RunService) -> None:
    _forget(runs)
    close_own_window()
    st.session_state[CHOSEN] = True

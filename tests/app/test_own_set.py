"""Own images on the Train page: from the file to a run, and deletion."""

from __future__ import annotations

import io
import json
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from core import catalog
from core.content.words import Words, languages
from core.ui.lab.own_set import WINDOW
from core.ui.services import services
from core.ui.understand.look import class_names
from tests.app.conftest import QUICK_SETTINGS, Open, finish_shown, setting, texts
from tests.datasets.uploads import folders, picture, write_zip
from tests.waiting import until

SETTINGS = QUICK_SETTINGS | {"batch_size": "16", "level": "more"}
PICTURES = folders("cat", "dog", each=15)


def zipped(tmp_path: Path) -> bytes:
    return write_zip(tmp_path / "pets.zip", PICTURES).read_bytes()


def page_text(app: AppTest) -> str:
    return "\n".join([texts(app), *(each.value for each in (*app.success, *app.error))])


def components(app: AppTest) -> str:
    return " ".join(each.proto.id for each in app.get("bidi_component"))


def uploaded(app: AppTest, name: str, content: bytes) -> AppTest:
    """The page once the upload has been checked."""
    app.button(key="own_use").click().run()
    app.file_uploader[0].upload(name, content, "application/zip").run()
    until(lambda: not any(each.is_under_way for each in services().runs.own_sets._uploads.values()), timeout_s=60)
    return app.run()


@pytest.mark.parametrize("lang", languages())
def test_own_images_are_uploaded_shown_trained_on_and_deleted(open_page: Open, tmp_path: Path, lang: str) -> None:
    say = Words(lang)
    app = uploaded(open_page("train", lang=lang, **SETTINGS), f"pets {lang}.zip", zipped(tmp_path))
    assert not app.exception
    name = str(app.session_state["dataset"])
    assert catalog.num_classes(name) == 2
    assert name in app.query_params["dataset"]
    assert say("own.holds.summary", n=30, k=2, train=24, validation=6) in page_text(app)
    assert "cat" in page_text(app)
    app.button(key="own_train").click().run()
    assert not app.session_state[WINDOW]
    assert "beside_sidebar" in components(app)  # on a phone the page comes into view
    told = say(
        "fields.told", label=say("fields.dataset.label"), value=say.of(catalog.spec_of("datasets", name)["label"])
    )
    assert told in [caption.value for caption in app.main.caption]  # a phone hides the sidebar
    app.button(key="train").click().run()
    run_id = app.query_params["run"]
    until(lambda: services().runs.view(run_id).is_final, timeout_s=60)
    assert not services().runs.view(run_id).public
    app.run()
    assert "beside_sidebar" not in components(app)
    assert "50%" in page_text(app)  # of guessing between two classes
    inside = open_page("understand", lang=lang, network=run_id)
    assert inside.warning  # the run is hidden, and this is not its owner's browser
    services().runs.set_public(services().runs.run(run_id).owner, run_id, True)
    inside = open_page("understand", lang=lang, network=run_id)
    assert not inside.exception
    assert not inside.error
    assert class_names(say, name)[:2] == ["cat", "dog"]
    assert len(class_names(say, name)) == 10  # as many as the network has outputs
    app.button(key="own_use").click().run()
    app.button(key=f"own_gone_{name}").click().run()
    assert not app.exception
    assert not catalog.own_folder(name).exists()
    app.session_state[WINDOW] = ""
    app.run()
    assert app.session_state["dataset"] == "digits"
    assert say("errors.dataset_gone") in page_text(app)
    assert say("errors.dataset_gone") in page_text(open_page("understand", lang=lang, network=run_id))


def test_a_refused_file_is_explained(open_page: Open) -> None:
    app = uploaded(open_page("train", lang="en", level="more"), "notes.zip", b"no zip")
    for lang in languages():
        app.button_group(key="lang").set_value(lang).run()
        assert not app.exception
        assert len(app.error) == 1
        assert Words(lang)("own.refused", file="notes.zip") in page_text(app)
    app.button(key="own_again").click().run()
    assert app.file_uploader


@pytest.mark.parametrize("lang", languages())
def test_a_refusal_lists_the_files_that_are_no_pictures(open_page: Open, tmp_path: Path, lang: str) -> None:
    content = write_zip(tmp_path / "phone.zip", {f"{name}/1.heic": b"ftypheic" for name in ("cat", "dog")}).read_bytes()
    app = uploaded(open_page("train", lang=lang, level="more"), "phone.zip", content)
    say = Words(lang)
    assert "HEIC" in say("own.left_out.picture_unknown")
    assert say("own.left_out.picture_unknown") in page_text(app)
    assert say("language.comma").join(["cat/1.heic", "dog/1.heic"]) in page_text(app)
    app.button(key="own_again").click().run()


@pytest.mark.parametrize("lang", languages())
def test_limits_of_pictures_that_were_left_out_are_told(open_page: Open, tmp_path: Path, lang: str) -> None:
    entries = (
        PICTURES | {"cat/tiny.png": picture(99, (4, 4))} | {"1. bird/" + str(n): picture(n) for n in range(100, 106)}
    )
    content = write_zip(tmp_path / "birds.zip", entries).read_bytes()
    app = uploaded(open_page("train", lang=lang, level="more"), f"birds {lang}.zip", content)
    say = Words(lang)
    assert say("own.left_out.picture_too_small", side=8) in page_text(app)
    assert say("own.holds.one_class", name=r"1\. bird", n=6) in page_text(app)  # no list of Markdown
    app.button(key="own_train").click().run()


def test_corrected_images_under_the_same_name_are_selected_and_told_apart(open_page: Open, tmp_path: Path) -> None:
    app, names = open_page("train", lang="en", **SETTINGS), []
    for first in (200, 300):
        content = write_zip(tmp_path / "twice.zip", folders("cat", "dog", first=first)).read_bytes()
        app = uploaded(app, "twice.zip", content)
        names.append(str(app.session_state["dataset"]))
        app.button(key="own_train").click().run()
    assert names[0] != names[1]
    select = setting(app, "dataset")
    assert select.value == names[1]
    assert select.options[-2:] == ["twice (12), upload 2", "twice (12)"]
    assert "Data set: twice (12), upload 2" in [caption.value for caption in app.main.caption]
    app = select.set_value(names[0]).run()
    assert "Data set: twice (12)" in [caption.value for caption in app.main.caption]
    assert app.session_state["dataset"] == names[0]
    app.button(key="own_use").click().run()
    told = [each.value for each in app.markdown if each.value.startswith("twice")]
    assert told == [r"twice \(12\), upload 2", r"twice \(12\)"]


@pytest.mark.parametrize("lang", languages())
def test_charts_mark_what_the_largest_of_unequal_classes_would_bring(
    open_page: Open, tmp_path: Path, lang: str
) -> None:
    content = write_zip(tmp_path / "uneven.zip", folders("cat", each=30) | folders("dog", each=5, first=30))
    app = uploaded(open_page("train", lang=lang, **SETTINGS), f"uneven {lang}.zip", content.read_bytes())
    app.button(key="own_train").click().run()
    app.button(key="train").click().run()
    finish_shown(app)
    run_id = app.query_params["run"]
    services().runs.set_public(services().runs.run(run_id).owner, run_id, True)
    live = app.get("plotly_chart")[1].proto.spec
    compared = open_page("compare", lang=lang, runs=run_id).get("plotly_chart")[1].proto.spec
    for chart, told in (
        (live, Words(lang)("live.largest", percent="86%")),
        (compared, Words(lang)("compare.largest")),
    ):
        (line,) = json.loads(chart)["layout"]["shapes"]
        assert (line["y0"], line["label"]["text"]) == (6 / 7, told)


@pytest.mark.parametrize("lang", languages())
def test_a_set_that_is_not_here_is_told(open_page: Open, lang: str) -> None:
    app = open_page("train", lang=lang, dataset="own_3_0123456789ab")
    assert Words(lang)("own.gone_link") in app.error[0].value
    assert app.session_state["dataset"] == "digits"


def test_a_link_opens_the_set_for_others(open_page: Open, tmp_path: Path) -> None:
    services().runs.own_sets.check("teacher", "for you.zip", io.BytesIO(zipped(tmp_path)))
    until(lambda: bool(services().runs.own_sets.for_owner("teacher")), timeout_s=60)
    (name,) = services().runs.own_sets.for_owner("teacher")
    app = open_page("train", dataset=name, **SETTINGS)
    assert setting(app, "dataset").value == name
    assert name not in setting(open_page("train", **SETTINGS), "dataset").options
    link = next(code.value for code in app.code if "dataset" in code.value)
    assert dict(parse_qsl(link.split("?")[1]))["dataset"] == name

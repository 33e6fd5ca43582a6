"""Your own images in a real browser: upload a ZIP, train on it, see its classes."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from core.content.words import Words
from tests.browser.accessible import serious_findings
from tests.browser.conftest import OpenPage
from tests.browser.lab_page import LabPage
from tests.datasets.uploads import folders, write_zip


def test_a_zip_becomes_a_data_set_that_is_trained_on(come_to: OpenPage, tmp_path: Path) -> None:
    say = Words("en")
    content = write_zip(tmp_path / "pets.zip", folders("cat", "dog", "mouse", each=20))
    page = come_to("train?level=more&epochs=2&model=mlp&batch_size=8&seed=701")
    lab = LabPage(page).ready()
    lab.press(say("own.use"))
    window = page.get_by_role("dialog")
    window.locator("input[type=file]").set_input_files(content)
    expect(window).to_contain_text(say("own.ready", file="pets.zip"), timeout=90_000)
    expect(window).to_contain_text("60 images of 3 classes")
    expect(window.get_by_alt_text("Images of the class mouse")).to_be_visible()
    assert serious_findings(page) == []
    lab.press(say("own.train"))
    expect(window).to_have_count(0)
    expect(page.get_by_text("A reader's own images, in 3 classes.")).to_be_visible()
    lab.press("Train")
    lab.reach("Finished · epoch 2 of 2 · step 12")
    expect(page.locator(".tl-chart[data-chart=accuracy]")).to_contain_text("guessing 33%")
    lab.press(say("own.use"))
    window.get_by_text(say("own.mine", n=1)).click()
    lab.press(say("own.delete"))
    lab.press(say("own.delete_now"))
    expect(window.get_by_text(say("own.mine", n=1))).to_have_count(0)
    page.keyboard.press("Escape")
    expect(window).to_have_count(0)

"""Inside a network in a real browser: a click chooses the number that is worked out, or the image on the map."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

INSIDE = "understand?part=inside&inside="

NOTE_EPOCHS = """() => {
  window.noted = [];
  const note = () => {
    for (const [, epoch] of document.body.textContent.matchAll(/at epoch (\\d+)\\./g)) noted.push(+epoch);
  };
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def finished(page: Page) -> Page:
    """Once the recorded run has all its epochs."""
    expect(page.get_by_text("Finished", exact=True)).to_be_visible(timeout=120_000)
    return page


def test_a_click_into_a_map_works_that_number_out(come_to: OpenPage) -> None:
    page = finished(come_to(f"{INSIDE}activations&layer=conv1"))
    drawn = page.get_by_role("figure", name="The map of the chosen channel").locator(".nsewdrag")
    expect(drawn).to_be_visible()
    drawn.scroll_into_view_if_needed()
    box = drawn.bounding_box()
    assert box
    drawn.click(position={"x": box["width"] * 2.5 / 12, "y": box["height"] * 7.5 / 12})  # of 12 by 12 numbers
    expect(page.get_by_text("That is the number in row 8, column 3")).to_be_visible()
    expect(page).to_have_url(re.compile("row=8&column=3"))
    page.get_by_role("spinbutton", name="Row").fill("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is the number in row 2, column 3")).to_be_visible()


def test_a_point_of_the_map_shows_its_image(come_to: OpenPage) -> None:
    page = come_to("understand?part=further&further=map")
    point = page.get_by_role("figure", name="images as points").locator(".scatterlayer .point").nth(50)
    expect(point).to_be_visible()
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(r"image=\d+"))


def test_playing_and_dragging_move_what_asks_the_network(come_to: OpenPage) -> None:
    page = finished(come_to(f"{INSIDE}filters&at_epoch=1"))
    expect(page.get_by_text("at epoch 1.")).to_be_visible()
    page.evaluate(NOTE_EPOCHS)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_text("at epoch 10.")).to_be_visible()
    assert {2, 3, 5, 7, 10} <= set(page.evaluate("noted"))
    expect(page).not_to_have_url(re.compile("at_epoch"))
    page.go_back()
    expect(page.get_by_text("at epoch 1.")).to_be_visible()  # what was passed on the way is no step back
    page.evaluate("noted.length = 0")
    box = page.get_by_role("slider", name="Epoch").bounding_box()
    assert box
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(400):  # it never rests
        page.mouse.move(box["x"] + box["width"] * (0.9 if step % 2 else 0.5), box["y"] + box["height"] / 2)
        if set(page.evaluate("noted")) - {1}:
            break
    assert set(page.evaluate("noted")) - {1}
    assert "at_epoch=1" in page.url
    page.mouse.up()
    expect(page).not_to_have_url(re.compile("at_epoch=1&|at_epoch=1$"))

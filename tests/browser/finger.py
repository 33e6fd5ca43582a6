"""Touch events as Chromium sends them to a page."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.handwritten import Points


def touch(where: Locator, stroke: Points) -> None:
    """Touch along points of an element, given as shares of its width and height."""
    box = where.bounding_box()
    assert box
    points = [{"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y} for x, y in stroke]
    finger = where.page.context.new_cdp_session(where.page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

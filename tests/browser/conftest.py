"""A real Chromium on a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.ensure_browser import find_browser
from tests.serving import Server

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
# Streamlit itself asks below a page's own address first; the page does not need the answer.
# And a test may cut the event stream off.
KNOWN_NOISE = ("/_stcore/health", "/_stcore/host-config", "/api/events")

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        pytest.fail("No Chromium here. `make test` installs one; or run tests/browser/ensure_browser.py.")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=list(FLAGS))


@pytest.fixture(scope="module")
def server(prepared_digits: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for a module's tests; its recorded run is ready."""
    home = tmp_path_factory.mktemp("browser-home")
    (home / "datasets").symlink_to(prepared_digits / "datasets")
    with Server(home) as server:
        yield server


@pytest.fixture
def troubles() -> list[str]:
    """What browsers complained about in this test."""
    return []


@pytest.fixture
def cut_off(open_page: OpenPage, troubles: list[str]) -> Iterator[None]:  # noqa: ARG001  ends before it
    """For a test in which the server goes away: that browsers complain about that is right."""
    yield
    troubles.clear()


@pytest.fixture
def open_page(browser: Browser, server: Server, troubles: list[str]) -> Iterator[OpenPage]:
    """`open_page("train?epochs=3", locale="zh-CN")`: a new browser's first look at an address, with errors recorded."""
    contexts: list[BrowserContext] = []

    def open_at(path: str, **how: object) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1366, "height": 900}, "locale": "en-US"} | how))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.extend(_trouble(message)))
        page.goto(f"{server.address}/{path}")
        page.wait_for_selector("h2")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not troubles


def _trouble(message: object) -> list[str]:
    kind, text, url = message.type, message.text, message.location.get("url", "")  # type: ignore[attr-defined]
    known = any(noise in url for noise in KNOWN_NOISE)
    return [f"{text} {url}"] if kind == "error" and not known else []

"""A real Chromium on a real server."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.browser.ensure_browser import find_browser
from tests.conftest import FAILED_SCRIPT
from tests.serving import Server

PASSCODE = "only the teacher knows"
ELSEWHERE = "teacher.test"  # a host name of the server that a browser does not trust like localhost
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
    "--js-flags=--no-opt --no-maglev",  # no page lives long enough to pay for optimizing compilers
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
)  # fmt: skip
# Streamlit first requests these below a page's own address, where they need not exist. A test may also block the event
# stream.
KNOWN_NOISE = ("/_stcore/health", "/_stcore/host-config", "/api/events")

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong

DESKTOP: ViewportSize = {"width": 1366, "height": 900}
PHONE_SIZE: ViewportSize = {"width": 390, "height": 844}
PHONE = {"viewport": PHONE_SIZE, "has_touch": True, "is_mobile": True}
DEFAULTS: dict[str, object] = {"viewport": DESKTOP, "locale": "en-US", "color_scheme": "light"}

OpenPage = Callable[..., Page]
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
PASSED = pytest.StashKey[bool]()

# Resolves when the script run for the new address has finished.
MOVE = """address => new Promise(moved => {
    const app = document.querySelector("[data-testid=stApp]");
    let hasMoved = false, hasBegun = false;
    const look = () => {
        const isRunning = app.dataset.testScriptState === "running";
        if (hasBegun && !isRunning) { watch.disconnect(); moved(); }
        hasBegun ||= hasMoved && isRunning;
        if (!hasMoved && !isRunning) { hasMoved = true; move(); }  // not while the last page's script still runs
    };
    const move = () => {
        setTimeout(() => hasBegun || moved(), 3_000);  // a short one may begin and end unseen
        document.querySelector("[data-testid=stMain]").scrollTo(0, 0);
        history.pushState({}, "", address);
        dispatchEvent(new PopStateEvent("popstate"));
    };
    const watch = new MutationObserver(look);
    watch.observe(app, {attributes: true});
    setTimeout(moved, 30_000);
    look();
})"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        pytest.fail("No Chromium here. `make test` installs one; or run tests/browser/ensure_browser.py.")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=list(FLAGS))


@pytest.fixture(scope="session")
def server(prepared_digits: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests, as in a class; each browser has its own runs."""
    yield from serve(prepared_digits, tmp_path_factory.mktemp("browser-home"))


def serve(prepared_digits: Path, home: Path) -> Iterator[Server]:
    """A server whose home has prepared digits."""
    (home / "datasets").symlink_to(prepared_digits / "datasets")
    with Server(home, TRENDLAB_TEACHER_PASSCODE=PASSCODE) as server:
        yield server


@pytest.fixture(scope="session")
def troubles() -> list[str]:
    """Errors reported by browsers."""
    return []


@pytest.fixture
def nothing_wrong(server: Server, troubles: list[str]) -> Iterator[None]:
    """No browser reports an error until the end of a test, and no page is replaced by an error."""
    yield
    found, told = troubles.copy(), server.new_log()
    troubles.clear()
    assert FAILED_SCRIPT not in told
    assert not found


@pytest.fixture
def cut_off(nothing_wrong: None, troubles: list[str]) -> Iterator[None]:  # noqa: ARG001  ends before it
    """For a test in which the server goes away, about which browsers rightly report errors."""
    yield
    troubles.clear()


@pytest.fixture
def address_of(request: pytest.FixtureRequest, server: Server) -> Callable[[str], str]:
    """The URL of a path. A test's second attempt uses other seeds, as the runs of the first would only be replayed."""
    attempt = int(request.node.execution_count)
    return lambda path: f"{server.address}/{re.sub('(?<=seed=)', '9' * (attempt - 1), path)}"


@pytest.fixture
def open_page(
    browser: Browser, address_of: Callable[[str], str], troubles: list[str], nothing_wrong: None  # noqa: ARG001
) -> Iterator[OpenPage]:  # fmt: skip
    """`open_page("train?epochs=3", locale="zh-CN")`: the first visit of a new browser to an address; `script` runs
    there before all others; `host` is another name of this machine."""
    pages: list[Page] = []

    def open_at(path: str, script: str = "", host: str = "127.0.0.1", **how: object) -> Page:
        address = address_of(path).replace("127.0.0.1", host)
        pages.append(new_page(browser, address, troubles, how, script))
        return pages[-1]

    yield open_at
    for page in pages:
        page.context.close()


@pytest.fixture(scope="session")
def left_behind() -> dict[str, Page]:
    """Pages of earlier modules by their options, whose compiled scripts save half the time of a first visit."""
    return {}


@pytest.fixture(scope="module")
def tabs(left_behind: dict[str, Page], troubles: list[str]) -> Iterator[dict[str, Page]]:
    """A module's open pages by their options; the next module gets them as a new reader's."""
    pages: dict[str, Page] = {}
    yield pages
    for look, page in pages.items():
        page.goto("about:blank")
        page.context.clear_cookies()
        page.emulate_media(reduced_motion="null")
        left_behind[look] = page
    troubles.clear()


@pytest.fixture
def come_to(
    request: pytest.FixtureRequest, browser: Browser, address_of: Callable[[str], str], troubles: list[str],
    tabs: dict[str, Page], left_behind: dict[str, Page], nothing_wrong: None,  # noqa: ARG001
) -> Iterator[OpenPage]:  # fmt: skip
    """Like `open_page`, but with one browser for all tests of a module, navigated as with Back and Forward, because
    loading takes longest. After a failed test the next one starts with a new browser."""

    def come(path: str, **how: object) -> Page:
        address, viewport = address_of(path), how.get("viewport", DESKTOP)
        look = repr(sorted((DEFAULTS | how | {"viewport": None}).items()))  # a window's size can be changed
        if look in tabs:
            expect(tabs[look].locator(IDLE)).to_be_visible()  # a page that is still loading would not follow
            tabs[look].set_viewport_size(viewport)
            tabs[look].evaluate(MOVE, address)
        elif look in left_behind:
            tabs[look] = left_behind.pop(look)
            tabs[look].set_viewport_size(viewport)
            look_at(tabs[look], address)
        else:
            tabs[look] = new_page(browser, address, troubles, how)
        return tabs[look]

    yield come
    for page in tabs.values():
        for other in page.context.pages:
            if other != page:
                other.close()
    if not request.node.stash.get(PASSED, False):
        for page in tabs.values():
            page.context.close()
        tabs.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a test's fixtures see whether it passed."""
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


def new_page(browser: Browser, address: str, troubles: list[str], how: dict[str, object], script: str = "") -> Page:
    """The first visit of a new browser to an address; its errors are added to `troubles`."""
    context = browser.new_context(**(DEFAULTS | how))
    context.add_init_script(script)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.extend(_trouble(message)))
    return look_at(page, address)


def look_at(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("h1")
    return page


def _trouble(message: object) -> list[str]:
    kind, text, url = message.type, message.text, message.location.get("url", "")  # type: ignore[attr-defined]
    known = any(noise in url for noise in KNOWN_NOISE)
    return [f"{text} {url}"] if kind == "error" and not known else []

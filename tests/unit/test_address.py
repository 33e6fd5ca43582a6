"""Choices in the address are followed if the reader changed it, but not if a slow browser still reports the old one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from core.ui.address import addressed, script

    with script():
        addressed("epochs", 10, int)
        addressed("epochs", 10, int)  # a second call is allowed
        if not st.session_state.get("hidden"):
            st.number_input("epochs", step=1, key="epochs")
        addressed("other", 1, int)
        st.number_input("other", step=1, key="other")
        if st.session_state.pop("broken_off_once", False):
            st.rerun()  # earlier output may never reach the browser


def value(app: AppTest) -> tuple[object, list[str] | str | None]:
    assert not app.exception
    told = app.query_params.get("epochs")
    return app.number_input(key="epochs").value, told[0] if isinstance(told, list) else told


def run_page(**address: str) -> AppTest:
    app = AppTest.from_function(page)
    app.query_params.update(address)
    return app.run()


def changed(app: AppTest, *values: int) -> AppTest:
    for each in values:
        app.number_input(key="epochs").set_value(each).run()
    return app


def tell(app: AppTest, text: str | None) -> AppTest:
    """Let the browser's next message report this address."""
    if text is None:
        app.query_params.pop("epochs", None)
    else:
        app.query_params["epochs"] = text
    return app.run()


def test_the_address_sets_the_widget_and_the_widget_the_address() -> None:
    app = run_page(epochs="7")
    assert value(app) == (7, "7")
    assert value(changed(app, 8)) == (8, "8")
    assert value(changed(app, 10)) == (10, None)  # the default is left out


def test_a_slow_browser_takes_nothing_back() -> None:
    app = changed(run_page(), 12, 13)
    assert value(tell(app, None)) == (13, "13")
    assert value(tell(app, "12")) == (13, "13")


def test_a_slow_browser_is_told_once_more_what_the_reader_has_returned_to() -> None:
    """It reports the previous address, as if nothing had been written, but 12 is on its way to it."""
    app = changed(run_page(), 12)
    app.query_params.pop("epochs")
    assert value(changed(app, 10)) == (10, None)
    assert value(tell(app, "12")) == (10, None)
    app = changed(run_page(), 12)
    app.query_params.pop("epochs")
    assert value(changed(app, 13)) == (13, "13")
    assert value(tell(app, "12")) == (13, "13")


def test_going_back_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    app = changed(run_page(), 12)
    monkeypatch.setattr("core.ui.address.has_gone_back", lambda: True)
    assert value(tell(app, None)) == (10, None)
    assert value(tell(app, "12")) == (12, "12")


def test_back_to_an_address_that_names_none_finds_the_one_that_is_put_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def choosing() -> None:
        import streamlit as st

        from core.ui.address import addressed, put, script

        with script():
            if addressed("epochs", 0, int) == 0:
                put("epochs", 5)
            addressed("epochs", 0, int)
            st.number_input("epochs", step=1, key="epochs")

    app = AppTest.from_function(choosing).run()
    assert value(app) == (5, "5")
    monkeypatch.setattr("core.ui.address.has_gone_back", lambda: True)
    assert value(tell(app, None)) == (5, "5")


def test_what_cannot_be_is_the_default() -> None:
    check: Callable[[str], bool] = lambda text: value(run_page(epochs=text)) == (10, None)  # noqa: E731
    assert all(check(text) for text in ("many", "", "1.5"))


@pytest.mark.parametrize("is_broken_off", [False, True])
@pytest.mark.parametrize("scripts", [1, 2, 3])
def test_a_widget_that_comes_back_tells_the_browser_its_value(scripts: int, is_broken_off: bool) -> None:
    app = changed(run_page(), 30)
    app.session_state["hidden"] = True
    for _ in range(scripts):
        app.run()
    app.session_state["hidden"], app.session_state["broken_off_once"] = False, is_broken_off
    assert value(app.run()) == (30, "30")
    assert app.number_input(key="epochs").proto.set_value
    assert not app.run().number_input(key="epochs").proto.set_value

"""Identity: a cookie that only the server can read, and an owner that does not reveal it."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.live.identity import COOKIE, OWN_HEADER, IdentityMiddleware, owner_of
from core.live.plotly_route import PLOTLY_URL
from core.runs.records import Pace
from tests.live.serving import Site, new_browser, serve
from tests.parts import QUICK, open_service

FORGED = ["", "x", "0" * 31, "0" * 33, "G" * 32, "A" * 32, f'"{"0" * 31}"', "0" * 31 + "%30", "０" * 32, "0" * 9_000]


def cookie_of(answer: httpx.Response) -> Morsel[str]:
    (text,) = answer.headers.get_list("set-cookie")
    return SimpleCookie(text)[COOKIE]


def test_a_browser_gets_128_random_bits_that_no_script_can_read(site: Site) -> None:
    cookies = [cookie_of(site.get("api/healthz")) for _ in range(20)]
    assert len({cookie.value for cookie in cookies}) == 20
    for cookie in cookies:
        assert re.fullmatch(r"[0-9a-f]{32}", cookie.value)
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert int(cookie["max-age"]) > 365 * 24 * 3600  # a school year
        assert not cookie["domain"]
        assert not cookie["secure"]


@pytest.mark.parametrize("protocol", ["https", "https, http"])
def test_behind_https_the_cookie_is_for_https_alone_and_lasts_in_a_frame_of_another_site(
    site: Site, protocol: str
) -> None:
    def attributes(answer: httpx.Response) -> list[str]:
        return str(answer.headers["set-cookie"]).split("; ")[1:]

    framed = attributes(site.get("api/healthz", headers={"x-forwarded-proto": protocol}))
    assert {"Secure", "SameSite=None", "Partitioned", "HttpOnly"} <= set(framed)
    plain = cookie_of(site.get("api/healthz", headers={"x-forwarded-proto": "http"}))
    assert not plain["secure"]
    assert plain["samesite"] == "Lax"


def test_a_server_that_speaks_https_itself_needs_no_proxy_to_say_so() -> None:
    async def visit() -> httpx.Response:
        transport = httpx.ASGITransport(IdentityMiddleware(Response()))
        async with httpx.AsyncClient(transport=transport, base_url="https://host") as browser:
            return await browser.get("/")

    with ThreadPoolExecutor(1) as other:  # this thread may have the browser's loop
        assert "; Secure" in other.submit(asyncio.run, visit()).result().headers["set-cookie"]


def test_who_has_a_cookie_keeps_it(site: Site) -> None:
    with httpx.Client(base_url=site.address) as browser:
        assert "set-cookie" in browser.get("/api/healthz").headers
        assert "set-cookie" not in browser.get("/api/healthz").headers
        assert "set-cookie" not in browser.get("/api/runs").headers


def test_a_forged_or_malformed_cookie_is_replaced(site: Site) -> None:
    for value in FORGED:
        answer = site.get("api/healthz", headers={"cookie": f"{COOKIE}={value}".encode()})
        assert answer.status_code == 200
        assert re.fullmatch(r"[0-9a-f]{32}", cookie_of(answer).value)


def test_other_cookies_are_no_trouble(site: Site) -> None:
    for other in ("a=b", 'x="', "a b=c", 'foo={"a":"b"}', "x=a b", "bad[]=1", "path=1", "x", "="):
        own = f"{COOKIE}={new_browser()}"
        for header in (f"{other}; {own}", f"{own}; {other}"):
            answer = site.get("api/healthz", headers={"cookie": header})
            assert answer.status_code == 200
            assert "set-cookie" not in answer.headers


def test_what_proxies_may_keep_carries_no_cookie(site: Site) -> None:
    answer = site.get(PLOTLY_URL)
    assert "public" in answer.headers["cache-control"]
    assert "set-cookie" not in answer.headers


def test_the_owner_differs_between_browsers_and_is_not_the_cookie(home_with_digits: Path) -> None:
    async def who(request: Request) -> JSONResponse:
        return JSONResponse(request.scope["owner"])

    with open_service(home_with_digits) as (service, _), serve(service, more=[Route("/who", who)]) as site:
        mine, theirs = new_browser(), new_browser()
        owners = [site.get("who", headers={"cookie": f"{COOKIE}={each}"}).json() for each in (mine, mine, theirs)]
        assert owners == [owner_of(mine), owner_of(mine), owner_of(theirs)]
        assert len({*owners, mine, theirs}) == 4
        assert site.get("who").json() is None


def test_no_answer_gives_an_owner_away(site: Site) -> None:
    owner = owner_of(new_browser())
    run = site.service.start(owner, QUICK, pace=Pace.STEP)
    with site.listen(f"api/events?run={run.id}") as stream:
        told = str(stream.next().data)
    answers = [site.get(path).text for path in ("api/runs", "api/healthz", f"api/runs/{run.id}/metrics.csv")]
    assert all(owner not in text for text in [told, *answers])


def test_the_next_learner_at_a_computer_is_another_one(site: Site) -> None:
    before = cookie_of(site.get("api/healthz")).value
    answer = httpx.post(f"{site.address}/api/newcomer", headers={OWN_HEADER: "", "cookie": f"{COOKIE}={before}"})
    assert answer.status_code == 204
    assert cookie_of(answer).value != before
    assert cookie_of(answer)["httponly"]


def test_no_other_site_makes_a_browser_lose_its_runs(site: Site) -> None:
    answer = httpx.post(f"{site.address}/api/newcomer", headers={"cookie": f"{COOKIE}={'0' * 32}"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    asked = {"Origin": "https://elsewhere.test", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = OWN_HEADER
    allowed = httpx.options(f"{site.address}/api/newcomer", headers=asked)
    assert "access-control-allow-origin" not in allowed.headers

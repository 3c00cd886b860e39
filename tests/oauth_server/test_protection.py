"""What every response carries, and who may ask for what."""

from __future__ import annotations

import http.client
import re

import pytest
import requests_mock
from redirect_server.guard import HEADERS

from tests.sandbox.client import MovableClock

from .conftest import ENVIRONMENT, TOKEN_URL, answer_to
from .visitor import Visitor, free_port, new_flow, running

GETS = ["/", "/install", "/redirect", "/redirect?code=x", "/done", "/status", "/health", "/paste"]
GETS += ["/favicon.ico", "/nowhere", "/refresh", "/%00", "/redirect/", "//", "/static/x"]
POSTS = ["/refresh", "/revoke", "/forget", "/keep", "/discard", "/paste", "/", "/nowhere"]
CONTRACT = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def assert_protected(headers: object) -> None:
    given = {name.lower(): value for name, value in dict(headers).items()}  # type: ignore[call-overload]
    for name, value in CONTRACT.items():
        assert given[name.lower()] == value, name
    policy = given["content-security-policy"]
    for part in ("default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "camera=()" in given["permissions-policy"]
    assert not [name for name in given if name.startswith("access-control-")]
    assert "server" not in given
    assert "via" not in given


@pytest.mark.parametrize("path", GETS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_get(visitor: Visitor, method: str, path: str) -> None:
    answer = visitor.client.open(path, method=method, base_url=visitor.home)
    assert answer.status_code < 500
    assert_protected(answer.headers)
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert re.fullmatch(r"zoom_auth_5000=[A-Za-z0-9_-]{43}; HttpOnly; Path=/; SameSite=Lax", cookie)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_every_other_method(signed_in: Visitor, zoom_us: requests_mock.Mocker, method: str, path: str) -> None:
    answer = signed_in.client.open(path, method=method, base_url=signed_in.home)
    assert 400 <= answer.status_code < 500
    assert_protected(answer.headers)
    assert zoom_us.call_count == 0
    assert signed_in.flow.stored().state == "usable"


@pytest.mark.parametrize("path", ["/refresh", "/revoke", "/forget", "/keep", "/discard"])
def test_buttons_are_not_links(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:5000",
        "localhost",
        "localhost:9999",
        "localhost.evil.example:5000",
        "localhost:5000.evil.example",
        "127.0.0.2:5000",
        "0.0.0.0:5000",
        "[::]:5000",
        "localhost:5000@evil.example",
        "localhost:5000 ",
        "",
        "\x00",
        "ü:5000",
    ],
)
@pytest.mark.parametrize("path", ["/", "/status", "/redirect?code=x&state=y", "/health"])
def test_other_names_are_refused(visitor: Visitor, host: str, path: str) -> None:
    environ = {"HTTP_HOST": host}
    answer = visitor.client.get(path, base_url=visitor.home, environ_overrides=environ)
    assert answer.status_code == 421
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    assert_protected(answer.headers)


@pytest.mark.parametrize("host", ["localhost:5000", "127.0.0.1:5000", "[::1]:5000", "LOCALHOST:5000"])
def test_own_names_are_served(visitor: Visitor, host: str) -> None:
    assert visitor.client.get("/health", base_url=f"http://{host}").status_code == 200


@pytest.mark.parametrize("path", ["/", "/install", "/done", "/paste"])
@pytest.mark.parametrize("host", ["127.0.0.1:5000", "[::1]:5000"])
def test_pages_move_to_the_name_of_the_redirect_address(visitor: Visitor, host: str, path: str) -> None:
    for query, kept in (("next=//evil.example", ""), (f"key={'k' * 22}&next=x", f"?key={'k' * 22}"), ("key=a/b", "")):
        answer = visitor.client.get(f"{path}?{query}", base_url=f"http://{host}")
        location = f"http://localhost:5000{path}{kept if path == '/' else ''}"
        assert (answer.status_code, answer.headers["Location"]) == (302, location)


HOME = "http://localhost:5000"
OWN_PAGE = {"Origin": HOME}
POSTED: list[tuple[dict[str, str], bool]] = [
    ({"Origin": HOME}, True),
    ({"Origin": HOME, "Sec-Fetch-Site": "same-origin"}, True),
    ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": "null", "Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": HOME, "Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": "http://localhost:3000"}, False),
    ({"Origin": "http://127.0.0.1:5000"}, False),
    ({"Origin": "https://localhost:5000"}, False),
    ({"Origin": "http://localhost:5000.evil.example"}, False),
    ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
]


@pytest.mark.parametrize(("headers", "accepted"), POSTED)
def test_where_a_post_comes_from(
    signed_in: Visitor, zoom_us: requests_mock.Mocker, headers: dict[str, str], accepted: bool
) -> None:
    form = {"csrf": signed_in.csrf()}
    answer = signed_in.client.post("/refresh", base_url=HOME, headers=headers, data=form)
    assert answer.status_code == (303 if accepted else 403)
    assert zoom_us.call_count == (1 if accepted else 0)


@pytest.mark.parametrize("path", ["/refresh", "/revoke", "/forget", "/keep", "/discard", "/paste"])
@pytest.mark.parametrize("token", ["", "0" * 64, "ü", "stranger"])
def test_a_post_needs_the_token_of_this_browser(
    signed_in: Visitor, zoom_us: requests_mock.Mocker, path: str, token: str
) -> None:
    if token == "stranger":
        token = signed_in.another().csrf()
    form = {"csrf": token, "confirmed": "yes"}
    for visitor in (signed_in, signed_in.another()):
        answer = visitor.client.post(path, base_url=HOME, headers=OWN_PAGE, data=form)
        assert answer.status_code == 403
    assert zoom_us.call_count == 0
    assert signed_in.flow.stored().state == "usable"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/install", 200), ("/redirect?code=x", 400), ("/done", 200), ("/status", 403), ("/paste", 403)],
)
def test_coming_from_another_site(signed_in: Visitor, path: str, status: int) -> None:
    crossing = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert signed_in.get(path, **crossing).status_code == status
    for inside in ({"Sec_Fetch_Dest": "iframe"}, {"Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"}):
        assert signed_in.get(path, **{**crossing, **inside}).status_code == 403


def test_another_site_cannot_send_somebody_to_zoom(visitor: Visitor) -> None:
    for site in ("cross-site", "same-site"):
        page = visitor.get("/install", Sec_Fetch_Site=site)
        assert (page.status_code, "Connect Zoom?" in page.text) == (200, True)
    assert visitor.get("/install", Sec_Fetch_Site="same-origin").status_code == 302
    assert visitor.get("/install", Sec_Fetch_Site="none").status_code == 302


def test_a_flood_of_data(visitor: Visitor) -> None:
    csrf = visitor.csrf()
    for content in ({"csrf": csrf, "address": "x" * 40_000}, {f"f{number}": "x" for number in range(2000)}):
        answer = visitor.client.post("/paste", base_url=HOME, headers=OWN_PAGE, data=content)
        assert 400 <= answer.status_code < 500
        assert_protected(answer.headers)


MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}",
    "javascript:alert(1)",
    "</title><svg onload=alert(1)>",
    "\u202e<b>",
    "<!--",
    "&lt;script&gt;",
]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_stays_text(visitor: Visitor, zoom_us: requests_mock.Mocker, text: str) -> None:
    zoom_us.post(TOKEN_URL, status_code=400, json={"reason": f"Not today {text}", "error": "something"})
    pages = [visitor.come_back(answer_to(visitor.start()))]
    assert "Not today" in pages[0].text
    for name in ("code", "state", "error", "error_description", "x"):
        pages.append(visitor.client.get("/redirect", base_url=HOME, query_string={name: text}))
    pages.append(visitor.come_back(answer_to(visitor.start(), error=text, error_description=text)))
    pages.append(visitor.client.get(f"/{text}", base_url=HOME))
    pages.append(visitor.post("/paste", address=text))
    for page in pages:
        assert page.status_code >= 400
        for forbidden in ("<script", "<img", "onerror=alert(1)>", "<svg onload", "<b>", "<!--", "49"):
            assert forbidden not in page.text.replace("<!doctype", "")


def test_what_is_refused_over_a_socket(home, clock: MovableClock) -> None:
    """What waitress refuses by itself (431, 413) is plain text without a word of what was sent."""
    port = free_port()
    environment = {**ENVIRONMENT, "ZOOM_REDIRECT_URI": f"http://127.0.0.1:{port}/redirect"}
    with running(new_flow(environment, home, clock)):
        for method, target, headers, status in (
            ("GET", "/redirect?x=" + "y" * 60_000, {}, 431),
            ("POST", "/paste", {"Content-Length": "100000000"}, 413),
            ("GET", "/redirect?x=" + "y" * 12_000, {}, 414),
            ("GET", "/", {"Host": "evil.example"}, 421),
            ("GET", "http://evil.example/status", {}, 421),
        ):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request(method, target, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == status, target[:40]
            assert b"waitress" not in body
            assert b"yyy" not in body
            if status in (431, 413):
                assert answer.headers["Content-Type"].startswith("text/plain")
            else:
                assert_protected(answer.headers)
            connection.close()


def test_the_headers_are_said_once() -> None:
    assert len({name.lower() for name in HEADERS}) == len(HEADERS)

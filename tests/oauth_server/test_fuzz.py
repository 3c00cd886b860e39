"""Ten thousand callbacks nobody should send: no 5xx, no request to Zoom, no cookie with anything in it."""

from __future__ import annotations

import re

import pytest
import requests_mock
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from redirect_server.log import log

from .visitor import Visitor

NAMES = st.sampled_from(["code", "state", "error", "error_description", "scope", "code[]", "State", "", "x"])
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "\x00", "\r\nSet-Cookie: a=b", "%", "%zz", "%ff%fe", "../..", "null", "a" * 3000, "é", "𐏿"]),
    st.binary(max_size=30).map(lambda octets: octets.decode("latin-1")),
)
RAW = st.lists(st.tuples(NAMES, VALUES), max_size=8).map(lambda pairs: "&".join(f"{n}={v}" for n, v in pairs))
ANY = st.one_of(RAW, st.text(max_size=60), st.binary(max_size=60).map(lambda octets: octets.decode("latin-1")))
COOKIE = re.compile(r"zoom_auth_5000=[A-Za-z0-9_-]{43}; HttpOnly; Path=/; SameSite=Lax")


def test_ten_thousand_callbacks(
    visitor: Visitor, zoom_us: requests_mock.Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One WSGI call each, without the test client's own reading of addresses."""
    monkeypatch.setattr(log, "disabled", True)
    visitor.start()
    cookie = visitor.client.get_cookie("zoom_auth_5000", domain="localhost")
    assert cookie is not None
    app = visitor.client.application

    @seed(20261123)
    @settings(
        max_examples=1000,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(queries=st.lists(ANY, min_size=10, max_size=10), with_cookie=st.booleans())
    def call(queries: list[str], with_cookie: bool) -> None:
        for query in queries:
            call_back(query, with_cookie)

    def call_back(query: str, with_cookie: bool) -> None:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/redirect",
            "QUERY_STRING": query.encode("utf-8", "surrogatepass").decode("latin-1"),
            "HTTP_HOST": "localhost:5000",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "5000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            **({"HTTP_COOKIE": f"zoom_auth_5000={cookie.value}"} if with_cookie else {}),
        }
        said: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(app.wsgi_app(environ, lambda status, headers, _=None: said.append((status, headers))))  # type: ignore[arg-type,return-value]
        ((status, headers),) = said
        assert 400 <= int(status[:3]) < 500
        assert b"<script" not in body
        assert all(COOKIE.fullmatch(value) for name, value in headers if name == "Set-Cookie")

    call()
    assert zoom_us.call_count == 0

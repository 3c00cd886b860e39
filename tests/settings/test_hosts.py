"""Which host is spoken to, and which hosts may ever see a token."""

from __future__ import annotations

import pytest

from collector.settings.hosts import api_url, is_loopback, is_safe, zoom_cloud

ZOOM = "https://zoom.us"
GOVERNMENT = "https://zoomgov.com"
SANDBOX = "http://127.0.0.1:5001"


@pytest.mark.parametrize(
    ("configured", "oauth_url", "from_token", "expected"),
    [
        (None, ZOOM, None, "https://api.zoom.us"),
        (None, GOVERNMENT, None, "https://api.zoomgov.com"),
        (None, ZOOM, "https://api-eu.zoom.us", "https://api-eu.zoom.us"),
        (None, ZOOM, "https://api-eu.zoom.us/", "https://api-eu.zoom.us"),
        (None, GOVERNMENT, "https://api.zoomgov.com", "https://api.zoomgov.com"),
        (SANDBOX, ZOOM, "https://api-eu.zoom.us", SANDBOX),
        (f"{SANDBOX}/", SANDBOX, None, SANDBOX),
        (None, SANDBOX, None, None),
        (None, SANDBOX, "https://api-eu.zoom.us", "https://api-eu.zoom.us"),
    ],
)
def test_the_setting_wins_then_the_token_then_the_cloud(configured, oauth_url, from_token, expected):
    assert api_url(configured, oauth_url, from_token) == expected


NOT_ZOOM = [
    "http://api.zoom.us",
    "https://zoom.us.evil.example",
    "https://evilzoom.us",
    "https://evil.example/zoom.us",
    "https://evil.example?.zoom.us",
    "https://evil.example#.zoom.us",
    "https://evil.example\\@api.zoom.us",
    "https://evil.example\\.zoom.us",
    "https://evil.example%5c@api.zoom.us",
    "https://somebody@api.zoom.us",
    "https://api.zoom.us@evil.example",
    "https://api.zoom.us:port",
    "https://[bad",
    "https://api.zo om.us",
    "https://api.zoom.us\n.evil.example",
    "https://",
    "zoom.us",
    "",
    "ftp://api.zoom.us",
]


@pytest.mark.parametrize("address", NOT_ZOOM)
def test_a_token_answer_cannot_send_the_token_elsewhere(address):
    assert zoom_cloud(address) is None
    assert api_url(None, ZOOM, address) == "https://api.zoom.us"


@pytest.mark.parametrize(
    ("address", "cloud"),
    [
        ("https://zoom.us", "zoom.us"),
        ("https://api.zoom.us", "zoom.us"),
        ("HTTPS://API.ZOOM.US", "zoom.us"),
        ("https://api-au.zoom.us:443/", "zoom.us"),
        ("https://acme.zoomgov.com", "zoomgov.com"),
    ],
)
def test_zooms_own_hosts(address, cloud):
    assert zoom_cloud(address) == cloud


@pytest.mark.parametrize(
    "address",
    [
        "https://zoom.us",
        "https://proxy.example:8443/zoom",
        "http://localhost:5001",
        "http://LOCALHOST",
        "http://127.0.0.1:5001/",
        "http://127.8.9.10",
        "http://[::1]:5001",
        "https://[2001:db8::1]",
        "https://my_proxy.example",
        "https://zoöm.example",
    ],
)
def test_safe_addresses(address):
    assert is_safe(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://zoom.us",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "ftp://localhost",
        "localhost:5001",
        "https://",
        "https://user@zoom.us",
        "https://user:password@zoom.us",
        "https://zoom.us?x=1",
        "https://zoom.us?",
        "https://zoom.us#x",
        "https://zoom.us#",
        "https://zoom.us:99999",
        "https://zoom.us:port",
        "https://[bad",
        "https://zo om.us",
        "https://zoom.us\\@evil.example",
        "https://zoom.us\r\nHost: evil.example",
        "",
    ],
)
def test_unsafe_addresses(address):
    assert not is_safe(address)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("192.168.0.1", False), ("zoom.us", False), ("", False)],
)
def test_loopback(host, expected):
    assert is_loopback(host) is expected

"""The same way against Authlib's own authorization server, which insists on PKCE."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from collector.sandbox.server import serving
from tests.sandbox.client import MovableClock

from .second_server import ME, SecondServer
from .visitor import Visitor, new_flow, title_of


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("secret", ["second-secret", ""], ids=["with a secret", "public client"])
def test_connects_refreshes_and_disconnects(
    host: str, secret: str, home: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    uri = f"http://{host}:5000/redirect"
    server = SecondServer(uri, secret)
    with serving(server.app) as url:
        environment = {
            "ZOOM_CLIENT_ID": "second-client",
            "ZOOM_CLIENT_SECRET": secret,
            "ZOOM_REDIRECT_URI": uri,
            "ZOOM_OAUTH_URL": url,
            "ZOOM_API_URL": url,
        }
        visitor = Visitor(new_flow(environment, home, clock))
        consent = requests.get(visitor.start(), allow_redirects=False, timeout=60)
        callback = consent.headers["Location"]
        assert visitor.come_back(callback).status_code == 303
        assert title_of(visitor.get("/done").text) == f"Connected as {ME['email']}"
        assert visitor.come_back(callback).status_code == 200
        assert server.token_requests == 1

        first = server.issued[0].token
        assert visitor.post("/refresh").status_code == 303
        document = visitor.flow.file.load()
        assert document is not None
        assert document.refresh_token == server.issued[1].token["refresh_token"] != first["refresh_token"]
        assert visitor.post("/revoke", confirmed="yes").status_code == 303
        assert server.issued[1].revoked
        assert not visitor.flow.file.path.exists()

        # A code under another attempt's verifier is refused by the server itself.
        stolen = requests.get(visitor.start(), allow_redirects=False, timeout=60).headers["Location"]
        code = parse_qs(urlsplit(stolen).query)["code"][0]
        state = parse_qs(urlsplit(visitor.start()).query)["state"][0]
        refused = visitor.get(f"/redirect?code={code}&state={state}")
        assert refused.status_code == 400
        assert code not in refused.text

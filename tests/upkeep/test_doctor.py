"""What the doctor does on the network. What it prints: tests/cli/test_doctor.py."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
import requests

from collector.auth import EnvironmentTokenSource
from collector.collect.clients import zoom_client
from collector.redaction import Secret
from collector.resources import all_resources
from collector.sandbox import Sandbox, generate_account
from collector.settings import Settings, read_settings
from collector.upkeep.doctor import Finding, Level, run_checks
from collector.upkeep.doctor.network import _clock, check_network
from tests.fakes import FakeClock
from tests.wsgi_adapter import WsgiAdapter


class Recording(WsgiAdapter):
    """Remembers what was sent."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox.app)
        self.sent: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:
        self.sent.append(request)
        return super().send(request, **options)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    environment = {
        "ZOOM_ACCESS_TOKEN": "some-token",
        "ZOOM_OAUTH_URL": "https://zoom.example",
        "ZOOM_API_URL": "https://api.zoom.example",
        "ZOOM_HOME": str(tmp_path / "home"),
    }
    return read_settings(environment, tmp_path)


@pytest.fixture
def network() -> Recording:
    return Recording(Sandbox(generate_account(users=3)))


def findings_before_the_token(settings: Settings, network: Recording) -> list[Finding]:
    def new_session() -> requests.Session:
        session = requests.Session()
        session.mount("https://", network)
        return session

    clock, tokens, randomness = FakeClock(), EnvironmentTokenSource(Secret("some-token")), random.Random(7)
    client = zoom_client(settings, tokens, clock, randomness)
    findings = run_checks(settings, tokens, client, all_resources(), clock, randomness, new_session)
    return list(itertools.takewhile(lambda finding: finding.subject != "token", findings))


def test_reachability_is_asked_without_any_credentials(
    settings: Settings, network: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    findings_before_the_token(settings, network)
    assert [(request.method, request.url) for request in network.sent] == [
        ("HEAD", "https://zoom.example/"),
        ("HEAD", "https://api.zoom.example/"),
    ]
    assert [request.headers.get("Authorization") for request in network.sent] == [None, None]


@pytest.mark.parametrize("date", [None, "", "soon", f"Mon, 01 Jan 2024 00:00:00 +{'9' * 20}"])
def test_a_date_that_says_nothing_leaves_the_clock_unchecked(date: str | None) -> None:
    assert _clock(date, FakeClock()).message.endswith("the clock was not checked")


def test_a_proxy_no_computer_can_have_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://a..b:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    found = list(check_network(settings.oauth_url, settings.api_url, FakeClock(), requests.Session))
    assert [(finding.level, finding.exit_code) for finding in found] == [(Level.FAILURE, 1)] * 2
    assert all("HTTPS_PROXY" in finding.fix for finding in found)

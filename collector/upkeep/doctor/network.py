"""Checks that a service can be reached, and that its clock agrees with this computer's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime

import requests
from urllib3.exceptions import LocationValueError

from collector.clock import Clock
from collector.connections import CONNECT_SECONDS, USER_AGENT
from collector.errors import ExitCode
from collector.settings import hosts
from collector.upkeep.doctor.finding import Finding, Level

MAX_CLOCK_SKEW_SECONDS = 120

NewSession = Callable[[], requests.Session]


def check_network(oauth_url: str, api_url: str | None, clock: Clock, new_session: NewSession) -> Iterator[Finding]:
    """Check Zoom's addresses, and the clock."""
    base = hosts.api_url(api_url, oauth_url, None)
    for url in dict.fromkeys(address for address in (oauth_url, base) if address):
        finding, date = check_reachable(url, new_session, "HTTPS_PROXY and REQUESTS_CA_BUNDLE")
        yield finding
        if url == oauth_url and finding.level is Level.OK:
            yield _clock(date, clock)


def check_reachable(url: str, new_session: NewSession, settings_to_check: str) -> tuple[Finding, str | None]:
    """Whether anything answers at the address, asked without credentials, and its Date header."""
    try:
        response = new_session().head(
            url,
            timeout=CONNECT_SECONDS,
            allow_redirects=False,
            headers={"User-Agent": USER_AGENT},
            auth=_without_credentials,
        )
    except (requests.RequestException, LocationValueError) as failure:
        message = f"{url} cannot be reached ({type(failure).__name__})"
        fix = f"Check the network, {settings_to_check}."
        return Finding("network", Level.FAILURE, message, fix, ExitCode.FAILED), None
    return Finding("network", Level.OK, f"{url} answers"), response.headers.get("Date")


def _without_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from sending credentials of its own accord (netrc)."""
    return request


def _clock(date: str | None, clock: Clock) -> Finding:
    try:
        skew = parsedate_to_datetime(date or "").timestamp() - clock.now()
    except (TypeError, ValueError, OverflowError):
        return Finding("clock", Level.WARNING, "The server did not report its time, so the clock was not checked")
    if abs(skew) > MAX_CLOCK_SKEW_SECONDS:
        return Finding(
            "clock",
            Level.WARNING,
            f"This computer's clock differs by {abs(skew):.0f} seconds",
            "Turn on time synchronization; tokens expire by this clock.",
        )
    return Finding("clock", Level.OK, "This computer's clock agrees with the server's")

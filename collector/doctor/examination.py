"""One thing after the other is looked at: those of this computer, then those of Zoom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import requests
from urllib3.exceptions import LocationValueError

from collector.auth import Token, TokenSource, stored_sign_in
from collector.auth.refusals import sign_in_again
from collector.clock import Clock
from collector.collection import current_token, oauth_client, token_file
from collector.connections import CONNECT_SECONDS, USER_AGENT
from collector.doctor.files import examine_files
from collector.doctor.finding import Finding, Level
from collector.errors import CollectorError, ExitCode, UsageError
from collector.redirect_address import Address
from collector.redirect_server import NAME as REDIRECT_SERVER
from collector.resources import account, endpoints
from collector.resources.declaration import Resource
from collector.settings import Settings
from collector.zoom.client import ZoomClient
from collector.zoom.hosts import api_url

MOST_CLOCK_SKEW_SECONDS = 120


def examine(
    settings: Settings,
    tokens: TokenSource,
    client: ZoomClient,
    resources: tuple[Resource, ...],
    clock: Clock,
    new_session: Callable[[], requests.Session] = requests.Session,
) -> Iterator[Finding]:
    """Look at configuration, files, sign-in, network, clock, token, account and scopes, one after the other."""
    yield _configuration(settings)
    yield from examine_files(settings)
    if settings.access_token is None and settings.account_id is None:
        yield from _sign_in(settings, clock, new_session)
    yield from _network(settings, clock, new_session)
    try:
        token = current_token(tokens, resources)
    except CollectorError as failure:
        yield Finding.of("token", failure)
        return
    yield Finding("token", Level.OK, _token_words(token))
    yield _account(client)
    yield from _scopes(token, resources)


def least_privilege(resources: tuple[Resource, ...]) -> dict[str, list[str]]:
    """What to give the app and the administrator's role: `classic` scopes, `granular` scopes, `privileges`."""
    used = [endpoint for _, endpoint in endpoints(resources)]
    return {
        "classic": sorted({endpoint.scopes.classic[0] for endpoint in used}),
        "granular": sorted({endpoint.scopes.granular[0] for endpoint in used}),
        "privileges": sorted({endpoint.privilege for endpoint in used}),
    }


def _configuration(settings: Settings) -> Finding:
    if settings.access_token is not None:
        way = "the token in ZOOM_ACCESS_TOKEN, which is used as it is and never renewed"
    elif settings.account_id is not None:
        way = "Server-to-Server (ZOOM_ACCOUNT_ID)"
    else:
        way = "sign-in with the browser"
    plan = f"plan {settings.plan.value}" + ("" if settings.plan_given else " (assumed: ZOOM_PLAN is not set)")
    return Finding(
        "configuration", Level.OK, f"profile {settings.profile!r}, {way}, {plan}, rate share {settings.rate_share}"
    )


def _sign_in(settings: Settings, clock: Clock, new_session: Callable[[], requests.Session]) -> Iterator[Finding]:
    client = oauth_client(settings)
    kind = "public, so PKCE alone protects the sign-in" if client.is_public else "with a secret"
    yield Finding("client", Level.OK, f"the app with the client id ending in {client.client_id[-4:]}, {kind}")
    yield _redirect_address(settings.redirect_uri, new_session)
    stored = stored_sign_in(token_file(settings), client, clock)
    if stored.state != "usable" or stored.expires_at is None:
        yield Finding("sign-in", Level.WARNING, stored.reason, sign_in_again(settings.profile))
        return
    who = (stored.account or {}).get("email") or "somebody Zoom did not name"
    until = datetime.fromtimestamp(stored.expires_at, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    yield Finding("sign-in", Level.OK, f"signed in as {who}; the access token ends at {until} and is renewed before")


def _redirect_address(redirect_uri: str, new_session: Callable[[], requests.Session]) -> Finding:
    subject = "redirect address"
    try:
        address = Address.of(redirect_uri)
    except UsageError as problem:
        return Finding.of(subject, problem)
    with new_session() as session:
        session.trust_env = False  # a proxy cannot reach this computer's loopback
        try:
            answer = session.get(f"{address.home}health", timeout=1, allow_redirects=False).json()
        except requests.ConnectionError:
            return Finding(
                subject,
                Level.OK,
                f"{redirect_uri}; its port is free. The app at Zoom must list the same; "
                f"if Zoom says Invalid redirect (4,700), try {address.other_redirect_uri} in both places",
            )
        except requests.RequestException:
            answer = None
    if isinstance(answer, dict) and answer.get("app") == REDIRECT_SERVER:
        return Finding(subject, Level.OK, f"{redirect_uri}; the sign-in page is being served there")
    return Finding(
        subject,
        Level.WARNING,
        f"another program answers at the port of {redirect_uri}",
        "End it, or set ZOOM_REDIRECT_URI to another port, here and in the Zoom Marketplace. On macOS it may be the "
        "AirPlay Receiver (System Settings, General, AirDrop & Handoff).",
    )


def _network(settings: Settings, clock: Clock, new_session: Callable[[], requests.Session]) -> Iterator[Finding]:
    base = api_url(settings.api_url, settings.oauth_url, None)
    for url in dict.fromkeys(address for address in (settings.oauth_url, base) if address):
        try:
            response = new_session().head(
                url,
                timeout=CONNECT_SECONDS,
                allow_redirects=False,
                headers={"User-Agent": USER_AGENT},
                auth=_without_credentials,
            )
        except (requests.RequestException, LocationValueError) as failure:
            yield Finding(
                "network",
                Level.FAILURE,
                f"{url} cannot be reached ({type(failure).__name__})",
                "Check the network, HTTPS_PROXY and REQUESTS_CA_BUNDLE.",
                ExitCode.FAILED,
            )
            continue
        yield Finding("network", Level.OK, f"{url} answers")
        if url == settings.oauth_url:
            yield _clock(response.headers.get("Date"), clock)


def _without_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from looking for credentials itself (netrc)."""
    return request


def _clock(date: str | None, clock: Clock) -> Finding:
    try:
        skew = parsedate_to_datetime(date or "").timestamp() - clock.now()
    except (TypeError, ValueError, OverflowError):
        return Finding("clock", Level.WARNING, "The server did not say what time it is, so the clock is unchecked")
    if abs(skew) > MOST_CLOCK_SKEW_SECONDS:
        return Finding(
            "clock",
            Level.WARNING,
            f"This computer's clock differs by {abs(skew):.0f} seconds",
            "Turn on time synchronization; tokens expire by this clock.",
        )
    return Finding("clock", Level.OK, "This computer's clock agrees with the server's")


def _token_words(token: Token) -> str:
    if token.scopes is None:
        return "a token is there; it does not say its scopes, so every step will be tried"
    return f"a token is there, with {len(token.scopes)} scopes"


def _account(client: ZoomClient) -> Finding:
    try:
        answer = client.get(account.RESOURCE.listing)
    except CollectorError as failure:
        return Finding.of("account", failure)
    return Finding("account", Level.OK, f"Zoom answers for account {account.account_id(answer)}")


def _scopes(token: Token, resources: tuple[Resource, ...]) -> Iterator[Finding]:
    for step_id, endpoint in endpoints(resources):
        classic, granular = endpoint.scopes.advice
        subject = f"scope for {endpoint.path}"
        if token.scopes is None:
            yield Finding(subject, Level.WARNING, f"unknown; {step_id} needs {classic} or {granular}")
        elif endpoint.scopes.granted_by(token.scopes):
            yield Finding(subject, Level.OK, f"granted, used by {step_id}")
        else:
            yield Finding(
                subject,
                Level.FAILURE,
                f"missing, needed by {step_id}",
                endpoint.scopes.how_to_add,
                ExitCode.INCOMPLETE,
            )

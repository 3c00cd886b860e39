"""The checks in their order: this computer, Zoom, JupiterOne, then the channels of alerts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import requests

from collector.alerts.channels import channels
from collector.auth import OAuthClient, Token, TokenSource, stored_sign_in
from collector.auth.configured import oauth_client, token_file
from collector.auth.token_errors import SIGN_IN_AGAIN
from collector.clock import Clock
from collector.collect.clients import current_token
from collector.collect.run import RUN_AGAIN
from collector.errors import CollectorError, ExitCode, UsageError
from collector.resources import account, endpoints, optional_endpoints
from collector.resources.declaration import Resource
from collector.settings import Settings
from collector.settings.profile import Profile
from collector.settings.redirect_address import SERVER_NAME, Address
from collector.upkeep.doctor.files import check_dotenv, check_profile_files
from collector.upkeep.doctor.finding import Finding, Level
from collector.upkeep.doctor.jupiterone import check_jupiterone
from collector.upkeep.doctor.network import check_network
from collector.zoom.client import ZoomClient


def run_checks(
    settings: Settings,
    tokens: TokenSource,
    client: ZoomClient,
    resources: tuple[Resource, ...],
    clock: Clock,
    randomness: random.Random,
    new_session: Callable[[], requests.Session] = requests.Session,
) -> Iterator[Finding]:
    """Check configuration, files, sign-in, network, clock, token, account, scopes, JupiterOne and ALERT_URLS."""
    yield _configuration(settings)
    yield from check_dotenv(Path.cwd() / ".env")
    yield from check_profile_files(settings.profile)
    if settings.access_token is None and settings.account_id is None:
        yield from _sign_in(oauth_client(settings), settings.profile, settings.redirect_uri, clock, new_session)
    yield from check_network(settings.oauth_url, settings.api_url, clock, new_session)
    yield from _access(tokens, client, resources)
    yield from check_jupiterone(settings.profile, settings.jupiterone, clock, randomness, new_session)
    yield from _alert_channels(settings)


def _access(tokens: TokenSource, client: ZoomClient, resources: tuple[Resource, ...]) -> Iterator[Finding]:
    """Check the token: whether there is one, whether Zoom accepts it, and its scopes."""
    try:
        token = current_token(tokens, resources)
    except CollectorError as failure:
        yield Finding.of("token", failure)
        return
    yield Finding("token", Level.OK, _describe_scopes(token))
    yield _account(client)
    yield from _scopes(token, resources)


def _configuration(settings: Settings) -> Finding:
    if settings.access_token is not None:
        way = "the token in ZOOM_ACCESS_TOKEN, which is used as it is and never renewed"
    elif settings.account_id is not None:
        way = "Server-to-Server (ZOOM_ACCOUNT_ID)"
    else:
        way = "sign-in with the browser"
    plan = f"plan {settings.plan.value}" + ("" if settings.plan_is_set else " (assumed: ZOOM_PLAN is not set)")
    return Finding(
        "configuration", Level.OK, f"profile {settings.profile.name!r}, {way}, {plan}, rate share {settings.rate_share}"
    )


def _sign_in(
    client: OAuthClient,
    profile: Profile,
    redirect_uri: str,
    clock: Clock,
    new_session: Callable[[], requests.Session],
) -> Iterator[Finding]:
    kind = "public, so PKCE alone protects the sign-in" if client.is_public else "with a secret"
    yield Finding("client", Level.OK, f"the app with the client id ending in {client.client_id[-4:]}, {kind}")
    yield _redirect_address(redirect_uri, new_session)
    stored = stored_sign_in(token_file(profile), client, clock)
    if stored.state != "usable" or stored.expires_at is None:
        yield Finding("sign-in", Level.WARNING, stored.reason, SIGN_IN_AGAIN)
        return
    who = (stored.account or {}).get("email") or "somebody Zoom did not name"
    until = datetime.fromtimestamp(stored.expires_at, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    yield Finding("sign-in", Level.OK, f"signed in as {who}; the access token expires at {until} and is renewed before")


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
    if isinstance(answer, dict) and answer.get("app") == SERVER_NAME:
        return Finding(subject, Level.OK, f"{redirect_uri}; the sign-in page is running there")
    return Finding(
        subject,
        Level.WARNING,
        f"another program answers at the port of {redirect_uri}",
        "Stop it, or set ZOOM_REDIRECT_URI to another port, here and in the Zoom Marketplace. On macOS it may be the "
        "AirPlay Receiver (System Settings, General, AirDrop & Handoff).",
    )


def _alert_channels(settings: Settings) -> Iterator[Finding]:
    """Check the form of ALERT_URLS; nothing is sent."""
    if settings.alert_urls:
        try:
            found = channels(settings.alert_urls)
        except CollectorError as failure:
            yield Finding.of("alerts", failure)
            return
        named = ", ".join(map(str, found))
        yield Finding("alerts", Level.OK, f"ALERT_URLS is of the right form: {named}")


def _describe_scopes(token: Token) -> str:
    if token.scopes is None:
        return "available; its scopes are unknown, so every step will be tried"
    return f"available, with {len(token.scopes)} scopes"


def _account(client: ZoomClient) -> Finding:
    try:
        answer = client.get(account.RESOURCE.listing)
    except CollectorError as failure:
        finding = Finding.of("account", failure)
        return finding if finding.fix else replace(finding, fix=RUN_AGAIN)
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
                endpoint.scopes.how_to_get(token.scopes),
                ExitCode.INCOMPLETE,
            )
    for adds, endpoint in optional_endpoints(resources):
        subject = f"optional scope for {endpoint.path}"
        if token.scopes is None:
            yield Finding(subject, Level.OK, f"unknown; {' or '.join(endpoint.scopes.advice)} adds {adds}")
        elif endpoint.scopes.granted_by(token.scopes):
            yield Finding(subject, Level.OK, f"granted, adds {adds}")
        else:
            yield Finding(subject, Level.OK, f"not granted; {' or '.join(endpoint.scopes.advice)} would add {adds}")

"""What `collector collect` does: from settings to a token, through the engine into the store, and out as a tree."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from collector.auth import (
    EnvironmentToken,
    OAuthClient,
    ServerToServer,
    SignedIn,
    Token,
    TokenFile,
    TokenSource,
)
from collector.clock import Clock, milliseconds
from collector.engine.choice import EVERYTHING, Choice
from collector.engine.collect import Job, check_steps, collect
from collector.engine.pool import in_parallel
from collector.engine.progress import Progress
from collector.errors import UsageError
from collector.profile_lock import alone
from collector.resources import all_resources, endpoints, users
from collector.resources.declaration import Resource
from collector.settings import Settings
from collector.store import RunRecord, Store
from collector.tree import TreeReport, check_target, write_tree
from collector.zoom.client import ZoomClient
from collector.zoom.pacing import Pacer, Plan

TREE_FOLDER = ".j1-integration"


@dataclass(frozen=True)
class Collected:
    """A finished run and the tree written from it.

    `clears_at`: when a daily limit met on the way clears, in milliseconds since 1970; None without one. `example`:
    something that can be looked at now, as `show` wants it named: `("user", "ada@example.com")`.
    """

    record: RunRecord
    tree: TreeReport
    clears_at: int | None = None
    example: tuple[str, ...] = ()


def oauth_client(settings: Settings) -> OAuthClient:
    """The app people sign in with; without a secret a public one. Raises UsageError when none is configured."""
    if settings.client_id is None:
        raise UsageError(
            "No Zoom credentials are configured.",
            "Set ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET of your app in ./.env and sign in with `collector auth login`; "
            "or with ZOOM_ACCOUNT_ID those of a Server-to-Server app; or ZOOM_ACCESS_TOKEN. See .env.example. To see "
            "the collector without a Zoom account: `collector demo`.",
        )
    return OAuthClient(settings.client_id, settings.client_secret, settings.oauth_url)


def token_file(settings: Settings) -> TokenFile:
    """Where the profile keeps its token."""
    return TokenFile(settings.profile_folder, settings.profile)


def token_source(settings: Settings, clock: Clock, randomness: random.Random) -> TokenSource:
    """Where this configuration's tokens come from: the environment, else Server-to-Server, else a browser sign-in.

    Raises UsageError when the configuration names no way to a token. Whether anybody has signed in shows when the
    first token is asked for (SignInRequired).
    """
    if settings.access_token is not None:
        return EnvironmentToken(settings.access_token, settings.api_url)
    file = token_file(settings)
    if settings.account_id and settings.client_id and settings.client_secret:
        return ServerToServer(
            settings.client_id,
            settings.client_secret,
            settings.account_id,
            settings.oauth_url,
            file,
            clock,
            randomness,
            settings.api_url,
        )
    return SignedIn(oauth_client(settings), file, clock, randomness)


def current_token(tokens: TokenSource, resources: tuple[Resource, ...]) -> Token:
    """The token to read these resources with.

    A cached Server-to-Server token does not know the scopes its app was given since, so one that lacks any is asked
    for anew. Raises as TokenSource.token.
    """
    token = tokens.token()
    whole = all(endpoint.scopes.granted_by(token.scopes) for _, endpoint in endpoints(resources))
    return token if whole or not isinstance(tokens, ServerToServer) else tokens.renew(token)


def zoom_client(settings: Settings, tokens: TokenSource, clock: Clock, randomness: random.Random) -> ZoomClient:
    """A client for this configuration's account, paced for its plan."""
    return ZoomClient(
        tokens,
        Pacer(settings.plan, settings.rate_share, clock),
        clock,
        randomness,
        oauth_url=settings.oauth_url,
        configured_api_url=settings.api_url,
    )


def store_path(settings: Settings) -> Path:
    """Where the profile's graph is kept."""
    return settings.profile_folder / "graph.db"


def collect_account(
    settings: Settings,
    *,
    clock: Clock,
    randomness: random.Random,
    progress: Progress,
    folder: Path,
    choice: Choice = EVERYTHING,
    fresh: bool = False,
) -> Collected:
    """Collect the account of this configuration and write `.j1-integration` into `folder`.

    Unless `fresh`, goes on with a run that was cut short and chose the same. Raises every CollectorError but
    ReadingErrors, which become coverage; ProfileBusy when another collection of this profile is under way.
    """
    resources = all_resources()
    check_steps(resources, choice.steps or ())
    check_target(folder / TREE_FOLDER)
    tokens = token_source(settings, clock, randomness)
    with Store.open(store_path(settings)) as store, alone(settings):
        token = _first_token(tokens, resources, clock)
        client = zoom_client(settings, tokens, clock, randomness)
        record = collect(
            Job(
                client=client,
                store=store,
                clock=clock,
                progress=progress,
                resources=resources,
                scopes=token.scopes,
                account_id=settings.account_id if settings.access_token is None else None,
                choice=choice,
                free_plan=settings.plan is Plan.FREE,
                fresh=fresh,
                tags=tuple(settings.tags.items()),
            )
        )
        tree = write_tree(store, folder / TREE_FOLDER)
        store.conclude()
        limit = client.daily_limit
        clears_at = None if limit is None else milliseconds(limit.clears_at)
        return Collected(record, tree, clears_at, _example(store, resources))


def _first_token(tokens: TokenSource, resources: tuple[Resource, ...], clock: Clock) -> Token:
    """As `current_token`, asked for in a thread: Ctrl-C does not wait until a Zoom that hangs has answered."""
    asked = in_parallel([tokens], lambda source: [current_token(source, resources)], 1, clock)
    return next(token for _, token in asked)


def _example(store: Store, resources: tuple[Resource, ...]) -> tuple[str, ...]:
    """An entity with a name to be found by, a user sooner than a group; nothing in an empty graph."""
    for resource in sorted(resources, key=lambda one: one.entity.type != users.ENTITY.type):
        entity = next(store.entities(resource.entity.type), None)
        if entity is None:
            continue
        if resource.listing.rows is None:
            return (resource.noun,)
        email = entity.get("email")
        return (resource.noun, str(email[0] if isinstance(email, list) and email else entity["displayName"]))
    return ()

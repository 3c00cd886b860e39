"""`collector collect`: sign in, run the steps into the store, write the tree."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from collector.auth import Token, TokenSource
from collector.auth.configured import token_source
from collector.clock import Clock
from collector.collect.choice import EVERYTHING, Choice
from collector.collect.clients import current_token, zoom_client
from collector.collect.pool import in_parallel
from collector.collect.progress import ProgressListener
from collector.collect.run import CollectionInputs, check_steps, collect
from collector.resources import all_resources, users
from collector.resources.declaration import Resource
from collector.settings import Settings
from collector.settings.choices import ZoomPlan
from collector.settings.profile import collect_lock
from collector.store import RunRecord, Store
from collector.tree import TREE_FOLDER, TreeReport, check_target, write_tree


@dataclass(frozen=True)
class CollectResult:
    """A finished run and the tree written from it.

    `clears_at`: when the daily limit that was reached clears, in milliseconds since 1970; None without one.
    `example`: arguments for `collector show`, such as `("user", "ada@example.com")`.
    """

    record: RunRecord
    tree: TreeReport
    clears_at: int | None = None
    example: tuple[str, ...] = ()


def collect_account(
    settings: Settings,
    *,
    clock: Clock,
    randomness: random.Random,
    progress: ProgressListener,
    folder: Path,
    choice: Choice = EVERYTHING,
    fresh: bool = False,
) -> CollectResult:
    """Collect the account of this configuration and write `.j1-integration` into `folder`.

    Unless `fresh`, resumes an interrupted run with the same choice. Raises every CollectorError except ReadingErrors,
    which become coverage; ProfileBusy when another collection of this profile is running.
    """
    resources = all_resources()
    check_steps(resources, choice.steps or ())
    check_target(folder / TREE_FOLDER)
    tokens = token_source(settings, clock, randomness)
    with Store.open(settings.profile.store_path) as store, collect_lock(settings.profile):
        token = _first_token(tokens, resources, clock)
        client = zoom_client(settings, tokens, clock, randomness)
        record = collect(
            CollectionInputs(
                client=client,
                store=store,
                clock=clock,
                progress=progress,
                resources=resources,
                scopes=token.scopes,
                account_id=settings.account_id if settings.access_token is None else None,
                choice=choice,
                free_plan=settings.plan is ZoomPlan.FREE,
                fresh=fresh,
                tags=tuple(settings.tags.items()),
                data_model=settings.data_model,
            )
        )
        tree = write_tree(store, folder / TREE_FOLDER)
        store.conclude()
        limit = client.daily_limit
        return CollectResult(record, tree, None if limit is None else limit.clears_at, _example(store, resources))


def _first_token(tokens: TokenSource, resources: tuple[Resource, ...], clock: Clock) -> Token:
    """As `current_token`, but in a thread, so that Ctrl-C works while Zoom hangs."""
    answers = in_parallel([tokens], lambda source: [current_token(source, resources)], 1, clock)
    return next(token for _, token in answers)


def _example(store: Store, resources: tuple[Resource, ...]) -> tuple[str, ...]:
    """An entity to show, preferably a user; empty for an empty graph."""
    for resource in sorted(resources, key=lambda one: one.entity.type != users.ENTITY.type):
        entity = next(store.entities(resource.entity.type), None)
        if entity is None:
            continue
        if resource.listing.rows is None:
            return (resource.noun,)
        email = entity.get("email")
        return (resource.noun, str(email[0] if isinstance(email, list) and email else entity["displayName"]))
    return ()

"""Checks whether JupiterOne would accept an upload, without creating or changing anything there.

An upload needs only the synchronization API, so a key that may not query GraphQL is not a failure.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from collector.clock import Clock
from collector.errors import AccessRefused, CollectorError, InstanceMissing, RequestFailed, UsageError
from collector.jupiterone.connection import Access, JupiterOne
from collector.jupiterone.instances import Instances
from collector.jupiterone.jobs import is_job_response, job_path
from collector.next_steps import Command, NextStep
from collector.settings.jupiterone import JupiterOneSettings
from collector.settings.profile import Profile
from collector.store import Store
from collector.upkeep.doctor.finding import Finding, Level
from collector.upkeep.doctor.network import NewSession, check_reachable
from collector.upload.destination import access_to
from collector.upload.instance import check_account, instance_in_use, remembered_instance

NONEXISTENT_JOB = "00000000-0000-0000-0000-000000000000"
"""A job that does not exist: a key that gets this answer has access."""

_SUBJECT = "JupiterOne"
_INSTANCE = "integration instance"
_SETTINGS = "HTTPS_PROXY, REQUESTS_CA_BUNDLE, JUPITERONE_API_BASE_URL and JUPITERONE_GRAPHQL_URL"


def check_jupiterone(
    profile: Profile, given: JupiterOneSettings, clock: Clock, randomness: random.Random, new_session: NewSession
) -> Iterator[Finding]:
    """Check key, account and integration instance, if any of them is configured."""
    if given.account is None and given.api_key is None and given.instance_id is None:
        yield Finding(_SUBJECT, Level.OK, "not configured; needed for `sync` and `run` only")
        return
    try:
        access = access_to(given)
        instance = instance_in_use(given.instance_id, remembered_instance(profile))
        if instance is not None:
            check_account(instance, access)
        job = _job_to_ask_for(profile, access)
    except CollectorError as failure:
        yield Finding.of(_SUBJECT, failure)
        return
    found = [check_reachable(url, new_session, _SETTINGS)[0] for url in (access.api_url, access.graphql_url)]
    yield from found
    if any(finding.level is Level.FAILURE for finding in found):
        return
    jupiterone = JupiterOne(access, clock, randomness, new_session)
    try:
        yield from _asked(jupiterone, access, None if instance is None else instance.id, job)
    except (UsageError, RequestFailed) as failure:
        yield Finding.of(_SUBJECT, failure)


def _asked(jupiterone: JupiterOne, access: Access, instance_id: str | None, job: str) -> Iterator[Finding]:
    instances = Instances(jupiterone)
    admitted = Finding(_SUBJECT, Level.OK, f"the key is accepted for the account {access.account}")
    try:
        if instance_id is None:
            instances.list()
            instance = _none_known()
        else:
            known = instances.show(instance_id)
            instance = Finding(_INSTANCE, Level.OK, f"uploads go to {known.name!r} ({known.id})")
    except InstanceMissing as missing:
        instance = Finding.of(_INSTANCE, missing)
    except AccessRefused:
        _check_synchronization(jupiterone, job)
        instance = _none_known() if instance_id is None else _not_checked(instance_id)
    yield admitted
    yield instance


def _job_to_ask_for(profile: Profile, access: Access) -> str:
    """The profile's latest job there, if any: a key limited to one instance may be refused any other job."""
    path = profile.store_path
    if not Store.exists(path):
        return NONEXISTENT_JOB
    with Store.open_existing(path) as store:
        latest = store.uploads.latest()
    if (
        latest is None
        or latest.job is None
        or (latest.destination.host, latest.destination.account) != (access.host, access.account)
    ):
        return NONEXISTENT_JOB
    return latest.job


def _check_synchronization(jupiterone: JupiterOne, job: str) -> None:
    """Raises AccessRefused if the key is refused here as well, RequestFailed if that cannot be determined."""
    try:
        jupiterone.get(job_path(job), partial(is_job_response, job_id=job))
    except RequestFailed as failure:
        if failure.status not in (400, 404):
            raise


def _none_known() -> Finding:
    return Finding(
        _INSTANCE,
        Level.WARNING,
        "none is configured, and every source except `api` needs one",
        NextStep(
            "Create one with `{}`, or set JUPITERONE_INTEGRATION_INSTANCE_ID to one that `{}` shows.",
            Command("instance create"),
            Command("instance list"),
        ),
    )


def _not_checked(instance_id: str) -> Finding:
    """Nothing to fix: docs/jupiterone.md recommends such a key."""
    return Finding(
        _INSTANCE,
        Level.OK,
        f"{instance_id} was not checked: the key may not query GraphQL, which `sync` and `run` do not need",
    )

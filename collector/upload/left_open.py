"""Jobs that uploads left open, ended wherever they are before the profile's record of them is removed."""

from __future__ import annotations

import random

from collector.clock import Clock
from collector.errors import UsageError
from collector.jupiterone.connection import Access, JupiterOne
from collector.jupiterone.synchronization import Synchronization
from collector.settings import Settings
from collector.store import Store, UploadRecord, UploadState
from collector.upload.access import jupiterone_access
from collector.upload.instance import account_in_words
from collector.upload.leftovers import settle_leftovers, warn_of_nameless_job


def jobs_left_open(store: Store) -> list[UploadRecord]:
    """The uploads that were cut short with their job open, in whichever account of JupiterOne's, the oldest first."""
    return [upload for upload in store.uploads.all_unsettled() if upload.state is UploadState.OPEN]


def end_jobs_left_open(settings: Settings, store: Store, clock: Clock, randomness: random.Random) -> None:
    """End them, as the next upload would. For whoever holds `opening_alone`.

    Where none is open, JupiterOne need not be configured. Raises UsageError when it is not, or when a job is in another
    account than the configured one; AccessRefused, UploadFailed or Interrupted.
    """
    if jobs_left_open(store):
        access = jupiterone_access(settings)
        settle_leftovers(store.uploads, access, Synchronization(JupiterOne(access, clock, randomness)), clock)
        for upload in jobs_left_open(store):
            raise _still_open(upload, access)
    if any(upload.job is None for upload in store.uploads.all_unsettled()):
        warn_of_nameless_job()


def _still_open(upload: UploadRecord, access: Access) -> UsageError:
    place = upload.place
    where = account_in_words(place.host, place.account)
    said = f"An upload left the synchronization job {upload.job} open in the JupiterOne account {where}"
    if place.account == access.account and place.host in ("", access.host):
        return UsageError(f"{said}, and it is open still.", "Run `collector uninstall` again later.")
    return UsageError(
        f"{said}, but the configuration names {account_in_words(access.host, access.account)}, which cannot end it.",
        "Set JUPITERONE_ACCOUNT, with its key and JUPITERONE_API_BASE_URL, back to that account, then run `collector "
        "uninstall` again.",
    )

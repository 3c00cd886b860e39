"""Which run is uploaded, and where to."""

from __future__ import annotations

from dataclasses import dataclass

from collector.errors import UsageError
from collector.jupiterone.connection import Access
from collector.jupiterone.jobs import Source, Target
from collector.next_steps import Command, NextStep
from collector.settings import Settings
from collector.store import UPLOADED_EXIT_CODES, Place, RunRecord, Store
from collector.upload.instance import instance_to_work_on


@dataclass(frozen=True)
class Upload:
    """What was asked for. `scope`: of the source `api`. `skip_finalize`: leave the job open."""

    source: Source = "integration-external"
    scope: str | None = None
    allow_deletes: bool = False
    skip_finalize: bool = False


def target_of(settings: Settings, store: Store, upload: Upload) -> Target:
    """What the upload replaces; the instance that is configured wins over the one the profile remembers.

    Raises UsageError when none is known, or the remembered one is in another account of JupiterOne's.
    """
    if upload.source == "api":
        return Target("api", scope=upload.scope)
    instance_id = instance_to_work_on(settings, store.instance)
    if instance_id is None:
        raise UsageError(
            "It is not known which integration instance in JupiterOne the graph belongs to.",
            NextStep(
                "Create one with `{}`, or set JUPITERONE_INTEGRATION_INSTANCE_ID to one that `{}` shows.",
                Command("instance create"),
                Command("instance list"),
            ),
        )
    return Target(upload.source, instance_id, upload.scope)


def place_of(access: Access, target: Target) -> Place:
    """The same as the store keeps it."""
    return Place(access.host, access.account, target.source, target.instance_id or target.scope or "")


def run_to_upload(store: Store) -> RunRecord:
    """The latest run that came to an end of its own; raises UsageError when there is none.

    Its graph is what the store held when it ended: of a later run that is under way, or was cut short, nothing shows.
    """
    for record in store.finished_runs():
        if record.exit_code in UPLOADED_EXIT_CODES:
            return record
    raise UsageError(
        "There is nothing to upload: no collection of this profile has come to its end.",
        NextStep("Run `{}` first.", Command("collect")),
    )

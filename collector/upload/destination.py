"""Which run is uploaded, and to which destination."""

from __future__ import annotations

from dataclasses import dataclass

from collector.errors import UsageError
from collector.jupiterone.connection import Access
from collector.jupiterone.jobs import Source, Target
from collector.next_steps import Command, NextStep
from collector.settings.jupiterone import JupiterOneSettings
from collector.settings.profile import Profile
from collector.store import UPLOADED_EXIT_CODES, RememberedInstance, RunRecord, Store, UploadDestination
from collector.upload.instance import check_account, instance_in_use, remembered_instance


@dataclass(frozen=True)
class UploadOptions:
    """The options of an upload. `scope`: for the source `api`. `skip_finalize`: leave the job open."""

    source: Source = "integration-external"
    scope: str | None = None
    allow_deletes: bool = False
    skip_finalize: bool = False


@dataclass(frozen=True)
class Destination:
    """Where to upload: the JupiterOne account with its key, and what the graph replaces there."""

    access: Access
    target: Target

    @property
    def recorded(self) -> UploadDestination:
        """As the store keeps it."""
        target = self.target
        return UploadDestination(
            self.access.host, self.access.account, target.source, target.instance_id or target.scope or ""
        )


def access_to(jupiterone: JupiterOneSettings) -> Access:
    """Account, key and addresses of JupiterOne. Raises UsageError naming every missing setting."""
    if jupiterone.account is None or jupiterone.api_key is None:
        values = {"JUPITERONE_ACCOUNT": jupiterone.account, "JUPITERONE_API_KEY": jupiterone.api_key}
        missing = " and ".join(name for name, value in values.items() if value is None)
        raise UsageError(
            f"JupiterOne is not configured: {missing} {'is' if ' and ' not in missing else 'are'} not set.",
            "Set them in ./.env, where .env.example explains them; docs/jupiterone.md says where to find them.",
        )
    return Access(jupiterone.account, jupiterone.api_key, jupiterone.api_url, jupiterone.graphql_url)


def destination_of(access: Access, instance: RememberedInstance | None, upload: UploadOptions) -> Destination:
    """The destination of an upload. `instance`: the one in use.

    Raises UsageError when the source needs an instance and none is set, or it belongs to another JupiterOne account.
    """
    if upload.source == "api":
        return Destination(access, Target("api", scope=upload.scope))
    if instance is None:
        raise UsageError(
            "This profile has no integration instance in JupiterOne to upload to.",
            NextStep(
                "Create one with `{}`, or set JUPITERONE_INTEGRATION_INSTANCE_ID to one that `{}` shows.",
                Command("instance create"),
                Command("instance list"),
            ),
        )
    check_account(instance, access)
    return Destination(access, Target(upload.source, instance.id, upload.scope))


def check_destination(profile: Profile, jupiterone: JupiterOneSettings, upload: UploadOptions) -> None:
    """Raise UsageError before a collection whose graph could not be uploaded."""
    access = access_to(jupiterone)
    destination_of(access, instance_in_use(jupiterone.instance_id, remembered_instance(profile)), upload)


def run_to_upload(store: Store) -> RunRecord:
    """The latest run that finished; raises UsageError without one.

    Its graph is what the store held when it ended; later runs that are running or were interrupted do not show.
    """
    for record in store.finished_runs():
        if record.exit_code in UPLOADED_EXIT_CODES:
            return record
    raise UsageError(
        "There is nothing to upload: no collection of this profile has finished.",
        NextStep("Run `{}` first.", Command("collect")),
    )

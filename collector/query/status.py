"""The status of a profile: its last run and uploads. No network."""

from __future__ import annotations

from dataclasses import dataclass

from collector.errors import ExitCode, UsageError
from collector.next_steps import Command, NextStep
from collector.settings.choices import PollingInterval
from collector.settings.profile import Profile
from collector.store import INTERRUPTED_REASON, UPLOADED_EXIT_CODES, RunRecord, Store, UploadRecord, UploadState


@dataclass(frozen=True)
class ProfileStatus:
    """Times are milliseconds since 1970.

    `run`: the newest finished run. `next_run_at`: when `run --poll` starts the next one (at once if that has passed);
    None unless an interval is set. `upload`: the newest, in any state. `finished_upload`: the newest that JupiterOne
    has finished. `oldest`: when the oldest stale document was read.
    """

    profile: str
    account_id: str | None
    instance_id: str | None
    run: RunRecord
    next_run_at: int | None
    upload: UploadRecord | None
    finished_upload: UploadRecord | None

    @property
    def oldest(self) -> int | None:
        return min((entry.oldest for entry in self.run.coverage if entry.oldest is not None), default=None)


def profile_status(profile: Profile, polling_interval: PollingInterval, instance_id: str | None) -> ProfileStatus:
    """The status of a profile, with the configured interval and instance.

    Raises UsageError if nothing was collected yet, and CollectionFailed.
    """
    with Store.open_existing(profile.store_path) as store:
        run = store.latest_run()
        if run is None:
            raise UsageError(
                f"Nothing has been collected yet in profile {profile.name!r}.",
                NextStep("Run `{}` first, or name the right profile with `--profile NAME`.", Command("collect")),
            )
        interval = polling_interval.seconds
        return ProfileStatus(
            profile=profile.name,
            account_id=store.account_id,
            instance_id=instance_id or store.instance_id,
            run=run,
            next_run_at=None if interval is None else _next_run(store, run, interval),
            upload=store.uploads.latest(),
            finished_upload=store.uploads.latest_finished(),
        )


def _next_run(store: Store, run: RunRecord, interval: int) -> int:
    """One interval after the last start; without one, due since the newest run."""
    started_at = _last_start(store)
    return run.started_at if started_at is None else started_at + interval * 1000


def last_start(profile: Profile) -> float | None:
    """When the profile's last uninterrupted run started, in seconds since 1970; None if it never did."""
    path = profile.store_path
    if not Store.exists(path):
        return None
    with Store.open_existing(path) as store:
        started_at = _last_start(store)
        return None if started_at is None else started_at / 1000


def _last_start(store: Store) -> int | None:
    """When the newest run started whose collection and upload were not interrupted (milliseconds since 1970)."""
    return next((run.started_at for run in store.finished_runs() if not _was_interrupted(store, run)), None)


def _was_interrupted(store: Store, run: RunRecord) -> bool:
    if run.exit_code not in UPLOADED_EXIT_CODES:
        return run.exit_code == ExitCode.INTERRUPTED
    upload = store.uploads.latest_of(run.id)
    if upload is None:
        return False
    return upload.state in (UploadState.BEGUN, UploadState.OPEN) or upload.reason == INTERRUPTED_REASON

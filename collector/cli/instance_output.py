"""How an integration instance and its jobs are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collector.cli.output import format_time
from collector.cli.plain_text import printable
from collector.cli.wrapping import say
from collector.jupiterone.instances import Instance
from collector.jupiterone.integration_jobs import IntegrationJob
from collector.settings.profile import Profile
from collector.store import RememberedInstance


def print_instance(
    shown: Instance, in_use: RememberedInstance | None, profile: Profile, tags: Mapping[str, str]
) -> None:
    """Print an instance, one line a property. `in_use`: the profile's. `tags`: those the collector adds."""
    lines = [
        ("Name", shown.name),
        ("Id", shown.id + (f"  (of the profile {profile.name})" if is_in_use(shown, in_use) else "")),
        ("Description", shown.description or "(none)"),
        ("Polling", shown.polling_interval),
        ("Tags", f"tag.AccountName = {shown.name}" if shown.tags_account_name else "(none)"),
    ]
    for name, value in lines:
        say(printable(f"{name + ':':13}{value}"))
    warn_about_tags(shown, tags)


def is_in_use(each: Instance, in_use: RememberedInstance | None) -> bool:
    """Whether the instance is the profile's."""
    return in_use is not None and each.id == in_use.id


def print_jobs(jobs: Sequence[IntegrationJob] | None) -> None:
    """Print the latest jobs of an instance, one line each; None: they could not be read."""
    say("\nLatest jobs")
    for job in jobs or ():
        began = "at an unknown time" if job.created_at is None else format_time(job.created_at)
        ended = "still open" if job.ended_at is None else f"ended {format_time(job.ended_at)}"
        say(printable(f"  {began}  {job.status}, {ended}  {job.id}"))
    if not jobs:
        say(
            "  none"
            if jobs is not None
            else "  could not be read: the API key lacks the permission, or JupiterOne failed"
        )


def warn_about_tags(shown: Instance, tags: Mapping[str, str]) -> None:
    """Warn if the tag that the collector adds differs from the one that JupiterOne adds."""
    here = tags.get("tag.AccountName")
    if here is not None and shown.tags_account_name and here != shown.name:
        say(
            printable(
                f"Warning: tag.AccountName is {here} here (ACCOUNT_NAME) but {shown.name} where "
                "JupiterOne tags for this instance. Give both the same name."
            )
        )


def to_json(each: Instance, in_use: RememberedInstance | None) -> dict[str, object]:
    """An instance as JSON. `in_use`: the profile's."""
    return {
        "id": each.id,
        "name": each.name,
        "description": each.description,
        "pollingInterval": each.polling_interval,
        "integrationDefinitionId": each.definition_id,
        "tagWithAccountName": each.tags_account_name,
        "ofProfile": is_in_use(each, in_use),
    }


def job_to_json(job: IntegrationJob) -> dict[str, object]:
    """A job as JSON; times are milliseconds since 1970."""
    return {
        "id": job.id,
        "status": job.status,
        "createdAt": job.created_at,
        "endedAt": job.ended_at,
        "errorsOccurred": job.errors_occurred,
    }

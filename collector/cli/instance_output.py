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
    """What there is to know about an instance, a line each. `in_use`: the profile's own. `tags`: those put on here."""
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
    """Whether it is the profile's own."""
    return in_use is not None and each.id == in_use.id


def print_jobs(jobs: Sequence[IntegrationJob] | None) -> None:
    """The latest jobs of an instance, a line each; None if they could not be read."""
    say("\nLatest jobs")
    for job in jobs or ():
        began = "at an unknown time" if job.created_at is None else format_time(job.created_at)
        ended = "still open" if job.ended_at is None else f"ended {format_time(job.ended_at)}"
        say(printable(f"  {began}  {job.status}, {ended}  {job.id}"))
    if not jobs:
        say("  none" if jobs is not None else "  could not be read: the API key may not, or JupiterOne failed")


def warn_about_tags(shown: Instance, tags: Mapping[str, str]) -> None:
    """Warn when the tag put on here and the one JupiterOne puts on say different things."""
    here = tags.get("tag.AccountName")
    if here is not None and shown.tags_account_name and here != shown.name:
        say(
            printable(
                f"Warning: tag.AccountName is {here} here (ACCOUNT_NAME) but {shown.name} where "
                "JupiterOne tags for this instance. Give both the same name."
            )
        )


def to_json(each: Instance, in_use: RememberedInstance | None) -> dict[str, object]:
    """An instance as JSON. `in_use`: the profile's own."""
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

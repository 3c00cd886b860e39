"""`collector instance`: the integration instance in JupiterOne that the graph is uploaded to."""

from __future__ import annotations

import random
from collections.abc import Sequence

import click

from collector.cli.confirmation import require_confirmation
from collector.cli.instance_output import (
    is_in_use,
    job_to_json,
    print_instance,
    print_jobs,
    to_json,
    warn_about_tags,
)
from collector.cli.options import common_options, example, options, render
from collector.cli.output import print_json
from collector.cli.plain_text import printable
from collector.cli.wrapping import say
from collector.clock import SystemClock
from collector.errors import AccessRefused, RequestFailed, UsageError
from collector.jupiterone.connection import Access, JupiterOne
from collector.jupiterone.instances import Instances
from collector.jupiterone.integration_jobs import IntegrationJob, latest_jobs
from collector.next_steps import Command, NextStep
from collector.settings.choices import PollingInterval
from collector.settings.jupiterone import JupiterOneSettings
from collector.settings.profile import Profile
from collector.store import RememberedInstance
from collector.upload.destination import access_to
from collector.upload.instance import (
    SETTING,
    Wanted,
    check_account,
    create_for_profile,
    delete_instance,
    instance_in_use,
    instance_to_delete,
    remembered_instance,
    update_instance,
)

_INTERVALS = click.Choice([interval.value for interval in PollingInterval], case_sensitive=False)
_TAG = "--tag-with-account-name/--no-tag-with-account-name"
_TAG_HELP = "Let JupiterOne put the account name on every entity as tag.AccountName."


@click.group(epilog=example("collector instance list"))
@common_options
def instance() -> None:
    """Manage the integration instance in JupiterOne.

    An uploaded graph belongs to an instance. Without an ID, the verbs work on the instance of the profile.
    """


@instance.command(epilog=example('collector instance create --account-name "Example Ltd"'))
@click.option("--account-name", metavar="NAME", help="Name of the instance; default: ACCOUNT_NAME.")
@click.option("--description", default="", metavar="TEXT", help="Shown in JupiterOne, to tell instances apart.")
@click.option("--polling-interval", type=_INTERVALS, help="The interval JupiterOne shows; default: POLLING_INTERVAL.")
@click.option(_TAG, default=None, help=f"{_TAG_HELP} Default: TAG_WITH_ACCOUNT_NAME.")
@common_options
@click.pass_context
def create(
    context: click.Context,
    account_name: str | None,
    description: str,
    polling_interval: str | None,
    tag_with_account_name: bool | None,
) -> None:
    """Create an instance of the custom integration for the profile.

    The profile remembers it: its graph is uploaded there.
    """
    given = options(context)
    settings = given.settings()
    name = account_name if account_name is not None else settings.account_name
    if not name or not name.strip():
        raise UsageError(
            "The instance has no name.", "Give it one with --account-name NAME, or set ACCOUNT_NAME in ./.env."
        )
    wanted = Wanted(
        account_name=name.strip(),
        description=description,
        polling_interval=_interval(polling_interval) or settings.polling_interval,
        tag_with_account_name=(
            settings.tag_with_account_name if tag_with_account_name is None else tag_with_account_name
        ),
    )
    access = access_to(settings.jupiterone)
    instances = Instances(_client(access))
    made = create_for_profile(settings.profile, access, instances, wanted, settings.jupiterone.instance_id)
    if given.json:
        print_json(to_json(made, in_use=RememberedInstance(made.id)))
        return
    say(printable(f'Created the integration instance "{made.name}": {made.id}'))
    say(printable(f'The profile "{settings.profile.name}" remembers it. Another computer needs {SETTING}={made.id}.'))
    warn_about_tags(made, settings.tags)
    say(
        render(
            NextStep(
                "Next: `{}` shows what would be uploaded. If nothing has been collected yet, run `{}` first.",
                Command("sync", "--dry-run"),
                Command("collect"),
            )
        )
    )


@instance.command(name="list", epilog=example("collector instance list --json"))
@common_options
@click.pass_context
def list_(context: click.Context) -> None:
    """List the instances of the custom integration.

    A * marks the profile's.
    """
    given = options(context)
    settings = given.settings()
    in_use = _in_use(settings.profile, settings.jupiterone)
    found = Instances(_client(access_to(settings.jupiterone))).list()
    if given.json:
        print_json([to_json(each, in_use) for each in found])
        return
    for each in found:
        mark = "*" if is_in_use(each, in_use) else " "
        say(printable(f"{mark} {each.id}  {each.polling_interval:<14}  {each.name}"))
    if not found:
        say(
            render(
                NextStep(
                    "JupiterOne has no instance of the custom integration. `{}` creates one.",
                    Command("instance create"),
                )
            )
        )


@instance.command(epilog=example("collector instance show"))
@click.argument("instance_id", metavar="[ID]", required=False)
@common_options
@click.pass_context
def show(context: click.Context, instance_id: str | None) -> None:
    """Show an instance and its latest jobs."""
    given = options(context)
    settings = given.settings()
    jupiterone = _client(access_to(settings.jupiterone))
    in_use = _in_use(settings.profile, settings.jupiterone)
    shown = Instances(jupiterone).show(_chosen(instance_id, settings.profile, settings.jupiterone))
    jobs = _jobs(jupiterone, shown.id)
    if given.json:
        listed = None if jobs is None else [job_to_json(job) for job in jobs]
        print_json({**to_json(shown, in_use), "jobs": listed})
        return
    print_instance(shown, in_use, settings.profile, settings.tags)
    print_jobs(jobs)


@instance.command(epilog=example("collector instance update --polling-interval ONE_DAY"))
@click.argument("instance_id", metavar="[ID]", required=False)
@click.option("--account-name", metavar="NAME", help="The new name.")
@click.option("--description", metavar="TEXT", help="The new description.")
@click.option("--polling-interval", type=_INTERVALS, help="The interval JupiterOne shows.")
@click.option(_TAG, default=None, help=_TAG_HELP)
@common_options
@click.pass_context
def update(
    context: click.Context,
    instance_id: str | None,
    account_name: str | None,
    description: str | None,
    polling_interval: str | None,
    tag_with_account_name: bool | None,
) -> None:
    """Change an instance of the custom integration. What is not given stays."""
    given = options(context)
    settings = given.settings()
    if account_name is None and description is None and polling_interval is None and tag_with_account_name is None:
        raise UsageError(
            "Nothing to change.",
            "Give at least one of --account-name, --description, --polling-interval and --tag-with-account-name.",
        )
    if account_name is not None and not account_name.strip():
        raise UsageError("An instance needs a name.", "Give one with --account-name NAME.")
    changed = update_instance(
        Instances(_client(access_to(settings.jupiterone))),
        _chosen(instance_id, settings.profile, settings.jupiterone),
        account_name=None if account_name is None else account_name.strip(),
        description=description,
        polling_interval=_interval(polling_interval),
        tag_with_account_name=tag_with_account_name,
    )
    in_use = _in_use(settings.profile, settings.jupiterone)
    if given.json:
        print_json(to_json(changed, in_use))
    else:
        print_instance(changed, in_use, settings.profile, settings.tags)


@instance.command(epilog=example("collector instance delete --yes"))
@click.argument("instance_id", metavar="[ID]", required=False)
@click.option("--yes", is_flag=True, help="Skip the question.")
@common_options
@click.pass_context
def delete(context: click.Context, instance_id: str | None, yes: bool) -> None:
    """Delete an instance and everything that was uploaded to it.

    Deletes an instance of another integration only if this profile has uploaded to it.
    """
    given = options(context)
    settings = given.settings()
    wanted = instance_id or _own(settings.profile, settings.jupiterone)
    if wanted is None:
        _print_deleted(given.json, None, f'The profile "{settings.profile.name}" has no instance; nothing to delete.')
        return
    access = access_to(settings.jupiterone)
    instances = Instances(_client(access))
    found = instance_to_delete(settings.profile, instances, wanted, settings.jupiterone.instance_id)
    if found is not None and not yes:
        kind = f" of the integration {found.integration}" if found.integration else ""
        require_confirmation(
            f'Delete the integration instance "{found.name}"{kind} ({wanted}), and in JupiterOne all entities that '
            "were uploaded to it?"
        )
    if not delete_instance(settings.profile, access, instances, wanted):
        said = f"JupiterOne has no integration instance {wanted}; nothing was deleted."
        _print_deleted(given.json, None, said)
    else:
        _print_deleted(
            given.json, wanted, f"Deleted the integration instance {wanted}. JupiterOne deletes its entities with it."
        )
    if settings.jupiterone.instance_id == wanted and not given.json:
        say(f"{SETTING} still names it; remove that line from ./.env or the environment.")


def _client(access: Access) -> JupiterOne:
    return JupiterOne(access, SystemClock(), random.Random())


def _interval(value: str | None) -> PollingInterval | None:
    return None if value is None else PollingInterval(value)


def _in_use(profile: Profile, jupiterone: JupiterOneSettings) -> RememberedInstance | None:
    return instance_in_use(jupiterone.instance_id, remembered_instance(profile))


def _own(profile: Profile, jupiterone: JupiterOneSettings) -> str | None:
    """The profile's instance, if any. Raises UsageError if it belongs to another JupiterOne account."""
    in_use = _in_use(profile, jupiterone)
    if in_use is None:
        return None
    check_account(in_use, access_to(jupiterone))
    return in_use.id


def _chosen(instance_id: str | None, profile: Profile, jupiterone: JupiterOneSettings) -> str:
    """The given instance, else the profile's. Raises UsageError if there is none, and like `_own`."""
    chosen = instance_id or _own(profile, jupiterone)
    if chosen is None:
        raise UsageError(
            f"The profile {profile.name!r} has no integration instance.",
            NextStep(
                "`{}` creates one; `{}` lists the existing ones.", Command("instance create"), Command("instance list")
            ),
        )
    return chosen


def _jobs(jupiterone: JupiterOne, instance_id: str) -> Sequence[IntegrationJob] | None:
    """The latest jobs; None if they cannot be read, and the rest is shown without them."""
    try:
        return latest_jobs(jupiterone, instance_id)
    except (AccessRefused, RequestFailed):
        return None


def _print_deleted(json_output: bool, deleted: str | None, sentence: str) -> None:
    if json_output:
        print_json({"deleted": deleted})
    else:
        say(printable(sentence))

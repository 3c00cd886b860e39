"""`collector instance`: creates, remembers and deletes a profile's integration instance in JupiterOne.

JUPITERONE_INTEGRATION_INSTANCE_ID wins over the instance in the profile's store. The store also remembers the
JupiterOne account of the instance: another account that does not have it proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.errors import CollectorError, InstanceMissing, UsageError
from collector.jupiterone.connection import Access
from collector.jupiterone.instances import Instance, Instances, check_custom
from collector.next_steps import Command, NextStep
from collector.settings.choices import PollingInterval
from collector.settings.profile import Profile, upload_lock
from collector.store import RememberedInstance, Store

SETTING = "JUPITERONE_INTEGRATION_INSTANCE_ID"


@dataclass(frozen=True)
class Wanted:
    """The properties of a new instance. `account_name` is its name in JupiterOne."""

    account_name: str
    description: str
    polling_interval: PollingInterval
    tag_with_account_name: bool


def remembered_instance(profile: Profile) -> RememberedInstance | None:
    """The instance in the profile's store, if any. Raises as `Store.open_existing`."""
    path = profile.store_path
    if not Store.exists(path):
        return None
    with Store.open_existing(path) as store:
        return store.instance


def instance_in_use(configured: str | None, remembered: RememberedInstance | None) -> RememberedInstance | None:
    """The configured instance, else the remembered one."""
    return remembered if configured is None else RememberedInstance(configured)


def own_instances(profile: Profile, configured: str | None) -> tuple[RememberedInstance, ...]:
    """The instances that are the profile's: the remembered one, and the configured one if it has uploaded to it.

    A configured instance may be a mistake, or another profile's. Raises as `remembered_instance`.
    """
    path = profile.store_path
    if not Store.exists(path):
        return ()
    with Store.open_existing(path) as store:
        own = [] if store.instance is None else [store.instance]
        for destination in store.uploads.destinations():
            known = {each.id for each in own}
            if destination.source != "api" and destination.name == configured and destination.name not in known:
                own.append(RememberedInstance(destination.name, destination.host, destination.account))
    return tuple(own)


def check_account(instance: RememberedInstance, access: Access) -> None:
    """Raise UsageError when the instance is in another JupiterOne account."""
    if not instance.matches(access.host, access.account):
        raise UsageError(
            f"The integration instance {instance.id} belongs to the JupiterOne account "
            f"{describe_account(instance.host, instance.account)}, but the configuration names "
            f"{describe_account(access.host, access.account)}.",
            "Set JUPITERONE_ACCOUNT, with its key and JUPITERONE_API_BASE_URL, back to that account; or use another "
            "profile with --profile NAME.",
        )


def describe_account(host: str, account: str) -> str:
    """A JupiterOne account for messages; older records have no host."""
    return f"{account} ({host})" if host else account


def create_for_profile(
    profile: Profile, access: Access, instances: Instances, wanted: Wanted, configured: str | None = None
) -> Instance:
    """Create an instance and remember it for the profile.

    A remembered one that no longer exists in JupiterOne is replaced; a new one that cannot be remembered is deleted
    again. Raises UsageError naming the existing instance when the profile already has one, or another one has the
    name; ProfileBusy during an upload; and what Instances and Store raise.
    """
    if configured is not None:
        raise UsageError(
            f"{SETTING} names the integration instance {configured}, so the profile {profile.name!r} has one.",
            NextStep("`{}` uploads to it. To create another, unset {}.", Command("sync"), SETTING),
        )
    with Store.open(profile.store_path) as store, upload_lock(profile):
        store.wait_for_others()
        if store.instance is not None:
            check_account(store.instance, access)
            _check_gone(profile, store.instance.id, instances)
        _check_name_is_free(wanted.account_name, instances)
        made = instances.create(
            wanted.account_name,
            wanted.description,
            wanted.polling_interval,
            tag_with_account_name=wanted.tag_with_account_name,
        )
        try:
            store.remember_instance(made.id, access.host, access.account)
        except CollectorError as failure:
            undone, next_step = _undo(made, instances)
            raise type(failure)(f"{failure.message} {undone}", next_step or failure.next_step) from None
    return made


def _undo(made: Instance, instances: Instances) -> tuple[str, NextStep]:
    """Delete the new instance again. Returns what to report, and the next step."""
    try:
        instances.delete(made.id)
    except CollectorError:
        return (
            f"The new integration instance {made.name!r} ({made.id}) could not be remembered or deleted.",
            NextStep(
                "Put {}={} into ./.env, or delete it with `{}`.",
                SETTING,
                made.id,
                Command("instance delete", made.id),
            ),
        )
    return "The new integration instance was deleted again.", NextStep()


def update_instance(
    instances: Instances,
    instance_id: str,
    *,
    account_name: str | None = None,
    description: str | None = None,
    polling_interval: PollingInterval | None = None,
    tag_with_account_name: bool | None = None,
) -> Instance:
    """The instance after changing what is not None.

    Raises UsageError for a name that is taken, or for an instance of another integration than the custom one.
    """
    if account_name is not None:
        _check_name_is_free(account_name, instances, but_for=instance_id)
    return instances.update(
        instance_id,
        name=account_name,
        description=description,
        polling_interval=polling_interval,
        tag_with_account_name=tag_with_account_name,
    )


def instance_to_delete(
    profile: Profile, instances: Instances, instance_id: str, configured: str | None = None
) -> Instance | None:
    """The instance that is about to be deleted; None when JupiterOne has no such id.

    Raises UsageError for one that is neither of the custom integration nor the profile's own (`own_instances`): a
    mistyped id must not delete somebody else's integration.
    """
    try:
        found = instances.show(instance_id)
    except InstanceMissing:
        return None
    if instance_id not in {each.id for each in own_instances(profile, configured)}:
        check_custom(found, "this profile has uploaded nothing to it: it is not deleted from here")
    return found


def delete_instance(profile: Profile, access: Access, instances: Instances, instance_id: str) -> bool:
    """Delete an instance and its graph; False when JupiterOne no longer has it.

    Either way the profile forgets it, unless the remembered one is in another JupiterOne account.
    """
    try:
        instances.delete(instance_id)
        was_there = True
    except InstanceMissing:
        was_there = False
    remembered = remembered_instance(profile)
    if remembered is not None and remembered.id == instance_id and remembered.matches(access.host, access.account):
        with Store.open_existing(profile.store_path) as store:
            store.wait_for_others()
            store.remember_instance(None)
    return was_there


def _check_gone(profile: Profile, instance_id: str, instances: Instances) -> None:
    try:
        known = instances.show(instance_id)
    except InstanceMissing:
        return
    raise UsageError(
        f"The profile {profile.name!r} already has the integration instance {known.name!r} ({known.id}).",
        NextStep(
            "`{}` uploads to it, `{}` changes it. For another Zoom account use --profile NAME.",
            Command("sync"),
            Command("instance update"),
        ),
    )


def _check_name_is_free(name: str, instances: Instances, but_for: str | None = None) -> None:
    for instance in instances.list():
        if instance.name == name and instance.id != but_for:
            raise UsageError(
                f"JupiterOne already has an integration instance named {name!r}: {instance.id}.",
                f"Choose another name with --account-name, or use that one: put {SETTING}={instance.id} into ./.env.",
            )

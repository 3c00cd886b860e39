"""What `collector instance` does: the integration instance of a profile in JupiterOne, made, remembered and deleted.

JUPITERONE_INTEGRATION_INSTANCE_ID wins over the instance the profile remembers in its store.
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.collection import store_path
from collector.errors import UsageError
from collector.jupiterone.failures import InstanceMissing
from collector.jupiterone.instances import Instance, Instances, PollingInterval
from collector.profile_lock import uploading_alone
from collector.settings import Settings
from collector.store import Store

SETTING = "JUPITERONE_INTEGRATION_INSTANCE_ID"


@dataclass(frozen=True)
class Wanted:
    """What an instance is made with. `account_name` is its name in JupiterOne."""

    account_name: str
    description: str
    polling_interval: PollingInterval
    tag_with_account_name: bool


def remembered_instance(settings: Settings) -> str | None:
    """The id the profile's store remembers. Raises as `Store.open_existing`, except where there is no store yet."""
    path = store_path(settings)
    if not path.exists():
        return None
    with Store.open_existing(path) as store:
        return store.instance_id


def instance_in_use(settings: Settings) -> str | None:
    """The id of the instance the profile uploads to: the configured one, else the remembered one."""
    return settings.jupiterone.instance_id or remembered_instance(settings)


def create_for_profile(settings: Settings, instances: Instances, wanted: Wanted) -> Instance:
    """Make an instance and remember it for the profile.

    A remembered one that JupiterOne no longer knows is replaced. Raises UsageError when the profile has one already, or
    another instance has the name; it names the one that is there. Also raises ProfileBusy while an upload is under way,
    and what Instances and Store raise.
    """
    configured = settings.jupiterone.instance_id
    if configured is not None:
        raise UsageError(
            f"{SETTING} names the integration instance {configured}, so the profile {settings.profile!r} has one.",
            f"`collector sync` uploads to it. To create another, unset {SETTING}.",
        )
    with Store.open(store_path(settings)) as store, uploading_alone(settings):
        _check_none_remembered(settings, store.instance_id, instances)
        _check_name_is_free(wanted.account_name, instances)
        made = instances.create(
            wanted.account_name,
            wanted.description,
            wanted.polling_interval,
            tag_with_account_name=wanted.tag_with_account_name,
        )
        store.remember_instance(made.id)
    return made


def update_instance(
    instances: Instances,
    instance_id: str,
    *,
    account_name: str | None = None,
    description: str | None = None,
    polling_interval: PollingInterval | None = None,
    tag_with_account_name: bool | None = None,
) -> Instance:
    """The instance after changing what is not None. Raises UsageError for a name that another one has."""
    if account_name is not None:
        _check_name_is_free(account_name, instances, but_for=instance_id)
    return instances.update(
        instance_id,
        name=account_name,
        description=description,
        polling_interval=polling_interval,
        tag_with_account_name=tag_with_account_name,
    )


def delete_instance(settings: Settings, instances: Instances, instance_id: str) -> bool:
    """Delete an instance and with it what was uploaded to it; False when JupiterOne does not know it any more.

    Either way the profile no longer remembers it.
    """
    try:
        instances.delete(instance_id)
        was_there = True
    except InstanceMissing:
        was_there = False
    if remembered_instance(settings) == instance_id:
        with Store.open_existing(store_path(settings)) as store:
            store.remember_instance(None)
    return was_there


def _check_none_remembered(settings: Settings, instance_id: str | None, instances: Instances) -> None:
    if instance_id is None:
        return
    try:
        known = instances.show(instance_id)
    except InstanceMissing:
        return
    raise UsageError(
        f"The profile {settings.profile!r} has the integration instance {known.name!r} ({known.id}) already.",
        "`collector sync` uploads to it, `collector instance update` changes it. For another Zoom account use "
        "--profile NAME.",
    )


def _check_name_is_free(name: str, instances: Instances, but_for: str | None = None) -> None:
    for instance in instances.list():
        if instance.name == name and instance.id != but_for:
            raise UsageError(
                f"JupiterOne has an integration instance of the name {name!r} already: {instance.id}.",
                f"Choose another name with --account-name, or use that one: put {SETTING}={instance.id} into ./.env.",
            )

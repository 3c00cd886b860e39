"""Integration instances: the place in JupiterOne that an uploaded graph belongs to.

The operations are those of JupiterOne's own Python and Go clients (2.3.0; `genqlient.graphql`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.errors import InstanceMissing, RequestFailed, UsageError
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.graphql import NOT_FOUND, all_rows, execute
from collector.model.graph import JsonObject
from collector.next_steps import Command, NextStep
from collector.settings.choices import PollingInterval

CUSTOM_DEFINITION_ID = "8013680b-311a-4c2e-b53b-c8735fd97a5c"
"""The definition "Custom", which every account has (JupiterOne docs)."""

_PAGE_SIZE = 100
_FIELDS = "id name description pollingInterval integrationDefinitionId integrationDefinition { name } config"
_CREATE = (
    "mutation CreateInstance($instance: CreateIntegrationInstanceInput!) "
    f"{{ createIntegrationInstance(instance: $instance) {{ {_FIELDS} }} }}"
)
_LIST = (
    "query IntegrationInstances($definitionId: String, $cursor: String, $limit: Int) "
    "{ integrationInstancesV2(definitionId: $definitionId, cursor: $cursor, limit: $limit) "
    f"{{ instances {{ {_FIELDS} }} pageInfo {{ endCursor }} }} }}"
)
_SHOW = (
    "query IntegrationInstance($integrationInstanceId: String!) "
    f"{{ integrationInstance(id: $integrationInstanceId) {{ {_FIELDS} }} }}"
)
_UPDATE = (
    "mutation UpdateIntegrationInstance($id: String!, $update: UpdateIntegrationInstanceInput!) "
    f"{{ updateIntegrationInstance(id: $id, update: $update) {{ {_FIELDS} }} }}"
)
_DELETE = "mutation DeleteIntegrationInstance($id: String!) { deleteIntegrationInstance(id: $id) { success } }"


@dataclass(frozen=True)
class Instance:
    """An integration instance. `polling_interval` is JupiterOne's text, since it may add new ones.

    `integration`: the name of its integration, "" if JupiterOne does not report it. With `tags_account_name`
    JupiterOne puts the instance's name on every entity as `tag.AccountName`.
    """

    id: str
    name: str
    description: str
    polling_interval: str
    definition_id: str
    tags_account_name: bool
    integration: str = ""

    @property
    def is_custom(self) -> bool:
        """Whether it belongs to the custom integration; JupiterOne runs the others, whose config may hold secrets."""
        return self.definition_id == CUSTOM_DEFINITION_ID


class Instances:
    """The integration instances of one account.

    Every method raises AccessRefused when the key may not do this, RequestFailed, or Interrupted.
    """

    def __init__(self, jupiterone: JupiterOne) -> None:
        self._jupiterone = jupiterone

    def create(
        self,
        name: str,
        description: str = "",
        polling_interval: PollingInterval = PollingInterval.DISABLED,
        *,
        tag_with_account_name: bool = False,
        definition_id: str = CUSTOM_DEFINITION_ID,
    ) -> Instance:
        """Create an instance; only one, even if the answer is lost."""
        earlier = {instance.id for instance in self.list(definition_id)}
        wanted = {
            "name": name,
            "description": description,
            "pollingInterval": polling_interval.value,
            "integrationDefinitionId": definition_id,
            "config": {"@tag": {"AccountName": True}} if tag_with_account_name else {},
        }

        def created_after_all() -> JsonObject | None:
            for row in self._rows(definition_id):
                if row.get("name") == name and row.get("id") not in earlier:
                    return {"createIntegrationInstance": row}
            return None

        data = execute(self._jupiterone, _CREATE, {"instance": wanted}, created_after_all)
        return _instance(data.get("createIntegrationInstance"))

    def list(self, definition_id: str | None = CUSTOM_DEFINITION_ID) -> Sequence[Instance]:
        """All instances of a definition, or of every definition for None."""
        return [_instance(row) for row in self._rows(definition_id)]

    def show(self, instance_id: str) -> Instance:
        """One instance. Raises InstanceMissing."""
        return _instance(self._row(instance_id))

    def update(
        self,
        instance_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        polling_interval: PollingInterval | None = None,
        tag_with_account_name: bool | None = None,
    ) -> Instance:
        """The instance after changing what is not None.

        Raises InstanceMissing, and UsageError for an instance that is not of the custom integration: secrets in its
        config read back masked, and would be overwritten by that.
        """
        current = self._row(instance_id)
        changes: dict[str, object] = {}
        if name is not None:
            changes["name"] = name
        if description is not None:
            changes["description"] = description
        if polling_interval is not None:
            changes["pollingInterval"] = polling_interval.value
        if tag_with_account_name is not None:
            config = _object(current.get("config"))
            changes["config"] = {
                **config,
                "@tag": {**_object(config.get("@tag")), "AccountName": tag_with_account_name},
            }
        if not changes:
            return _instance(current)
        check_custom(_instance(current), "is not changed from here")
        execute(self._jupiterone, _UPDATE, {"id": instance_id, "update": changes})
        return self.show(instance_id)

    def delete(self, instance_id: str) -> None:
        """Delete the instance and with it the graph that was uploaded to it. Raises InstanceMissing."""

        def deleted_after_all() -> JsonObject | None:
            try:
                self._row(instance_id)
            except InstanceMissing:
                return {"deleteIntegrationInstance": {"success": True}}
            return None

        self._row(instance_id)
        data = execute(self._jupiterone, _DELETE, {"id": instance_id}, deleted_after_all)
        if _object(data.get("deleteIntegrationInstance")).get("success") is False:
            raise RequestFailed(
                f"JupiterOne did not delete the integration instance {instance_id}.", "Run the command again."
            )

    def _rows(self, definition_id: str | None) -> Sequence[JsonObject]:
        def page_after(cursor: str | None) -> object:
            variables = {"definitionId": definition_id, "cursor": cursor, "limit": _PAGE_SIZE}
            return execute(self._jupiterone, _LIST, variables).get("integrationInstancesV2")

        return all_rows(page_after, "instances")

    def _row(self, instance_id: str) -> JsonObject:
        missing = InstanceMissing(
            f"JupiterOne has no integration instance {instance_id} in this account.",
            NextStep(
                "`{}` lists the instances, `{}` creates one.", Command("instance list"), Command("instance create")
            ),
        )
        try:
            data = execute(self._jupiterone, _SHOW, {"integrationInstanceId": instance_id})
        except RequestFailed as failure:
            if failure.code == NOT_FOUND:
                raise missing from None
            raise
        row = data.get("integrationInstance")
        if not isinstance(row, Mapping):
            raise missing
        return row


def check_custom(instance: Instance, consequence: str) -> None:
    """Raise UsageError with this consequence for an instance that is not of the custom integration."""
    if not instance.is_custom:
        name = instance.integration or instance.definition_id
        integration = f"the integration {name}" if name else "an integration that JupiterOne does not name"
        raise UsageError(
            f"The integration instance {instance.name!r} ({instance.id}) belongs to {integration}, not to the custom "
            f"integration, and {consequence}.",
            NextStep(
                "`{}` lists those of the custom integration. Change the others in JupiterOne itself.",
                Command("instance list"),
            ),
        )


def _instance(row: object) -> Instance:
    fields = _object(row)
    if not isinstance(fields.get("id"), str):
        raise RequestFailed("JupiterOne's answer describes no integration instance.", "Run the command again.")
    return Instance(
        id=str(fields["id"]),
        name=str(fields.get("name") or ""),
        description=str(fields.get("description") or ""),
        polling_interval=str(fields.get("pollingInterval") or PollingInterval.DISABLED.value),
        definition_id=str(fields.get("integrationDefinitionId") or ""),
        tags_account_name=_object(_object(fields.get("config")).get("@tag")).get("AccountName") is True,
        integration=str(_object(fields.get("integrationDefinition")).get("name") or ""),
    )


def _object(value: object) -> JsonObject:
    return value if isinstance(value, Mapping) else {}

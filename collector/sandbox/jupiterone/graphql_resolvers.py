"""The fields of the GraphQL API that are about instances, their jobs, and queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.sandbox.jupiterone.errors import graphql_error
from collector.sandbox.jupiterone.graphql_pages import PAGE_SIZE, page_of
from collector.sandbox.jupiterone.graphql_routes import Resolver
from collector.sandbox.jupiterone.identifiers import Identifiers
from collector.sandbox.jupiterone.instances import DEFINITIONS, MASKED, Instance, Instances
from collector.sandbox.jupiterone.jobs import Job
from collector.sandbox.jupiterone.queries import Queries
from collector.sandbox.jupiterone.synchronization import Synchronization

_FIELDS = {
    "name": "name",
    "integrationDefinitionId": "definition_id",
    "pollingInterval": "polling_interval",
    "description": "description",
    "config": "config",
}


class Resolvers:
    """The fields of Query and Mutation. Raise GraphQLError."""

    def __init__(
        self,
        account: str,
        instances: Instances,
        synchronization: Synchronization,
        queries: Queries,
        identifiers: Identifiers,
    ) -> None:
        self._account = account
        self._instances = instances
        self._synchronization = synchronization
        self._queries = queries
        self._identifiers = identifiers

    def by_name(self) -> Mapping[str, Resolver]:
        return {
            "createIntegrationInstance": self._create,
            "updateIntegrationInstance": self._update,
            "deleteIntegrationInstance": self._delete,
            "integrationInstance": lambda arguments: self._shown(self._instance(arguments["id"])),
            "integrationInstancesV2": self._list,
            "integrationJobs": self._jobs,
            "queryV1": self._queries.answer,
        }

    def _create(self, arguments: dict[str, Any]) -> dict[str, Any]:
        given = arguments["instance"]
        self._check_definition(given)
        instance = Instance(self._identifiers.new(), given["name"])
        self._instances.put(instance)
        return self._shown(self._instances.change(instance.id, _changes(given)))

    def _update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        instance = self._instance(arguments["id"])
        self._check_definition(arguments["update"])
        return self._shown(self._instances.change(instance.id, _changes(arguments["update"])))

    def _delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        instance = self._instance(arguments["id"])
        self._instances.remove(instance.id)
        self._synchronization.forget_instance(instance.id)
        return {"success": True}

    def _list(self, arguments: dict[str, Any]) -> dict[str, Any]:
        definition_id = arguments.get("definitionId")
        instances = [
            self._shown(instance) for instance in self._instances if definition_id in (None, instance.definition_id)
        ]
        rows, page_info = page_of(
            instances, arguments.get("cursor"), min(arguments.get("limit") or PAGE_SIZE, PAGE_SIZE)
        )
        return {"instances": rows, "pageInfo": page_info}

    def _jobs(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The newest first."""
        instance_id = arguments.get("integrationInstanceId")
        jobs = [job for job in self._synchronization.jobs if job.instance_id and instance_id in (None, job.instance_id)]
        return {"jobs": [self._job(job) for job in jobs[::-1]][: arguments.get("size") or PAGE_SIZE]}

    def _instance(self, instance_id: str) -> Instance:
        instance = self._instances.get(instance_id)
        if instance is None:
            raise graphql_error(f"Integration instance {instance_id} was not found.", "NOT_FOUND")
        return instance

    def _check_definition(self, given: Mapping[str, Any]) -> None:
        known = {definition.id for definition in DEFINITIONS}
        if given.get("integrationDefinitionId", DEFINITIONS[0].id) not in known:
            raise graphql_error("The integration definition was not found.", "NOT_FOUND")

    def _shown(self, instance: Instance) -> dict[str, Any]:
        definition = next(each for each in DEFINITIONS if each.id == instance.definition_id)
        return {
            "id": instance.id,
            "accountId": self._account,
            **{name: getattr(instance, field) for name, field in _FIELDS.items()},
            "config": {name: MASKED if name in definition.masked else value for name, value in instance.config.items()},
            "integrationDefinition": {"id": definition.id, "name": definition.name},
        }

    def _job(self, job: Job) -> dict[str, Any]:
        errors_occurred = any("error" in event.name for event in self._synchronization.events if event.job_id == job.id)
        return {
            "id": job.integration_job_id,
            "status": _integration_job_status(job, errors_occurred),
            "integrationInstanceId": job.instance_id,
            "createDate": job.started,
            "endDate": job.ended,
            "errorsOccurred": errors_occurred,
        }


def _integration_job_status(job: Job, errors_occurred: bool) -> str:
    if not job.done:
        return "IN_PROGRESS"
    if job.status != "FINISHED":
        return "FAILED"
    return "COMPLETED_WITH_ERRORS" if errors_occurred else "COMPLETED"


def _changes(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a client set, by the fields of Instance; what it did not name stays."""
    return {
        field: given[name]
        for name, field in _FIELDS.items()
        if name in given and (given[name] is not None or name == "description")
    }

"""What the fields of the GraphQL API give and do: instances, definitions, integration jobs and events, queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from collector.sandbox.jupiterone.errors import graphql_error
from collector.sandbox.jupiterone.graphql_routes import Resolver
from collector.sandbox.jupiterone.identifiers import Identifiers
from collector.sandbox.jupiterone.instances import DEFINITIONS, MASKED, Definition, Instance, Instances
from collector.sandbox.jupiterone.jobs import Job
from collector.sandbox.jupiterone.queries import Queries
from collector.sandbox.jupiterone.synchronization import Synchronization

_PAGE_SIZE = 100
_FIELDS = {
    "name": "name",
    "integrationDefinitionId": "definition_id",
    "pollingInterval": "polling_interval",
    "description": "description",
    "config": "config",
}
_PROPERTIES = (
    "pollingIntervalCronExpression",
    "offsiteComplete",
    "sourceIntegrationInstanceId",
    "ingestionSourcesOverrides",
    "collectorPoolId",
    "resourceGroupId",
)


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
            "findIntegrationDefinition": self._find_definition,
            "integrationDefinitions": self._definitions,
            "integrationJobs": self._jobs,
            "integrationEvents": self._events,
            "queryV1": self._queries.answer,
        }

    def _create(self, arguments: dict[str, Any]) -> dict[str, Any]:
        given = arguments["instance"]
        self._check_definition(given)
        instance = Instance(self._identifiers.new(), given["name"])
        self._instances.put(instance)
        return self._shown(self._instances.change(instance.id, _changes(instance, given)))

    def _update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        instance = self._instance(arguments["id"])
        self._check_definition(arguments["update"])
        return self._shown(self._instances.change(instance.id, _changes(instance, arguments["update"])))

    def _delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        instance = self._instance(arguments["id"])
        self._instances.remove(instance.id)
        self._synchronization.forget_instance(instance.id)
        return {"success": True}

    def _list(self, arguments: dict[str, Any]) -> dict[str, Any]:
        wanted_definition = arguments.get("definitionId")
        wanted_name = (arguments.get("filter") or {}).get("name")
        chosen = [
            self._shown(instance)
            for instance in self._instances
            if wanted_definition in (None, instance.definition_id) and (wanted_name or "") in instance.name
        ]
        return _page("instances", chosen, arguments, arguments.get("limit"))

    def _definitions(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return _page("definitions", map(self._definition, DEFINITIONS), arguments)

    def _find_definition(self, arguments: dict[str, Any]) -> dict[str, Any] | None:
        wanted = arguments["integrationType"]
        found = (definition for definition in DEFINITIONS if definition.integration_type == wanted)
        return next(map(self._definition, found), None)

    def _jobs(self, arguments: dict[str, Any]) -> dict[str, Any]:
        instance_id, status = arguments.get("integrationInstanceId"), arguments.get("status")
        jobs = [self._job(job) for job in self._integration_jobs(instance_id)]
        chosen = [job for job in jobs if status in (None, job["status"])]
        return _page("jobs", chosen, arguments, arguments.get("size"))

    def _events(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._instance(arguments["integrationInstanceId"])
        events = [
            {
                "id": event.id,
                "name": event.name,
                "description": event.description,
                "createDate": event.created,
                "jobId": event.integration_job_id,
                "level": "error" if "error" in event.name else "warn" if event.name.startswith("warn") else "info",
                "eventCode": None,
            }
            for event in self._synchronization.events
            if event.integration_job_id == arguments["jobId"]
        ]
        return _page("events", events, arguments, arguments.get("size"))

    def _instance(self, instance_id: str) -> Instance:
        instance = self._instances.get(instance_id)
        if instance is None:
            raise graphql_error(f"Integration instance {instance_id} was not found.", "NOT_FOUND")
        return instance

    def _check_definition(self, given: Mapping[str, Any]) -> None:
        known = {definition.id for definition in DEFINITIONS}
        if given.get("integrationDefinitionId", DEFINITIONS[0].id) not in known:
            raise graphql_error("The integration definition was not found.", "NOT_FOUND")

    def _integration_jobs(self, instance_id: str | None) -> list[Job]:
        """The newest first."""
        jobs = (job for job in self._synchronization.jobs if job.instance_id is not None)
        return [job for job in jobs if instance_id in (None, job.instance_id)][::-1]

    def _shown(self, instance: Instance) -> dict[str, Any]:
        jobs = self._integration_jobs(instance.id)
        definition = next(each for each in DEFINITIONS if each.id == instance.definition_id)
        return {
            "id": instance.id,
            "accountId": self._account,
            **{name: getattr(instance, field) for name, field in _FIELDS.items()},
            "config": {name: MASKED if name in definition.masked else value for name, value in instance.config.items()},
            **{name: instance.properties.get(name) for name in _PROPERTIES},
            "integrationDefinition": self._definition(definition),
            "mostRecentJob": lambda _: self._job(jobs[0]) if jobs else None,
            "jobs": lambda _: _page("jobs", map(self._job, jobs), {}),
            "instanceRelationship": "STANDALONE",
        }

    def _definition(self, definition: Definition) -> dict[str, Any]:
        return {
            "id": definition.id,
            "name": definition.name,
            "title": definition.title,
            "type": definition.integration_type,
            "integrationType": definition.integration_type,
            "totalInstanceCount": sum(instance.definition_id == definition.id for instance in self._instances),
        }

    def _job(self, job: Job) -> dict[str, Any]:
        names = [event.name for event in self._synchronization.events if event.job_id == job.id]
        errors_occurred = any("error" in name for name in names)
        instance = self._instances.get(job.scope.name)
        return {
            "id": job.integration_job_id,
            "status": _integration_job_status(job, errors_occurred),
            "integrationInstanceId": job.scope.name,
            "integrationInstance": lambda _: self._shown(instance) if instance else None,
            "createDate": job.started,
            "endDate": job.ended,
            "errorsOccurred": errors_occurred,
            "hasSkippedSteps": "step_skip" in names,
        }


def _integration_job_status(job: Job, errors_occurred: bool) -> str:
    if not job.done:
        return "IN_PROGRESS"
    if job.status != "FINISHED":
        return "FAILED"
    return "COMPLETED_WITH_ERRORS" if errors_occurred else "COMPLETED"


def _changes(instance: Instance, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a client set, by the fields of Instance; what it did not name stays."""
    changes = {
        field: given[name]
        for name, field in _FIELDS.items()
        if name in given and (given[name] is not None or name == "description")
    }
    properties = {name: given[name] for name in _PROPERTIES if name in given}
    return {**changes, "properties": {**instance.properties, **properties}}


def _page(name: str, rows: Any, arguments: Mapping[str, Any], size: int | None = None) -> dict[str, Any]:
    """A page of rows, and the cursor of the next one, null at the end."""
    listed: Sequence[Any] = list(rows)
    begin = _position(arguments.get("cursor"))
    end = begin + min(size or _PAGE_SIZE, _PAGE_SIZE)
    more = end < len(listed)
    return {name: listed[begin:end], "pageInfo": {"endCursor": str(end) if more else None, "hasNextPage": more}}


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal():
        raise graphql_error("The cursor is not valid.", "BAD_USER_INPUT")
    return int(cursor)

"""The part of JupiterOne's GraphQL schema the sandbox has (official Python and Node clients: queries and variables).

Types are written as in GraphQL: `!` for what must be given, brackets for lists.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class RootField(NamedTuple):
    """`arguments`: name → type."""

    kind: Literal["query", "mutation"]
    type: str
    arguments: dict[str, str]


ROOT_FIELDS: dict[str, RootField] = {
    "createIntegrationInstance": RootField(
        "mutation", "IntegrationInstance", {"instance": "CreateIntegrationInstanceInput!"}
    ),
    "updateIntegrationInstance": RootField(
        "mutation", "IntegrationInstance", {"id": "String!", "update": "UpdateIntegrationInstanceInput!"}
    ),
    "deleteIntegrationInstance": RootField("mutation", "DeleteIntegrationInstanceResult", {"id": "String!"}),
    "integrationInstance": RootField("query", "IntegrationInstance", {"id": "String!"}),
    "integrationInstancesV2": RootField(
        "query",
        "IntegrationInstancesResult",
        {
            "definitionId": "String",
            "cursor": "String",
            "limit": "Int",
            "filter": "ListIntegrationInstancesSearchFilter",
        },
    ),
    "findIntegrationDefinition": RootField("query", "IntegrationDefinition", {"integrationType": "String!"}),
    "integrationDefinitions": RootField("query", "IntegrationDefinitionsResult", {"cursor": "String"}),
    "integrationJobs": RootField(
        "query",
        "IntegrationJobsResult",
        {"status": "IntegrationJobStatus", "integrationInstanceId": "String", "cursor": "String", "size": "Int"},
    ),
    "integrationEvents": RootField(
        "query",
        "IntegrationEventsResult",
        {"jobId": "String!", "integrationInstanceId": "String!", "cursor": "String", "size": "Int"},
    ),
    "queryV1": RootField(
        "query",
        "QueryV1Response",
        {
            "query": "String!",
            "variables": "JSON",
            "includeDeleted": "Boolean",
            "deferredResponse": "DeferredResponseOption",
            "cursor": "String",
            "flags": "QueryV1Flags",
        },
    ),
}

_PAGE_INFO = {"endCursor": "String", "hasNextPage": "Boolean"}

OBJECTS: dict[str, dict[str, str]] = {
    "IntegrationInstance": {
        "id": "String",
        "name": "String",
        "accountId": "String",
        "sourceIntegrationInstanceId": "String",
        "pollingInterval": "IntegrationPollingInterval",
        "pollingIntervalCronExpression": "IntegrationPollingIntervalCronExpression",
        "integrationDefinitionId": "String",
        "integrationDefinition": "IntegrationDefinition",
        "description": "String",
        "config": "JSON",
        "offsiteComplete": "Boolean",
        "mostRecentJob": "IntegrationJob",
        "jobs": "IntegrationJobsResult",
        "instanceRelationship": "String",
        "ingestionSourcesOverrides": "[IngestionSourcesOverride]",
        "collectorPoolId": "String",
        "resourceGroupId": "String",
    },
    "IntegrationPollingIntervalCronExpression": {"hour": "Int", "dayOfWeek": "Int"},
    "IngestionSourcesOverride": {"ingestionSourceId": "String", "enabled": "Boolean"},
    "DeleteIntegrationInstanceResult": {"success": "Boolean"},
    "IntegrationInstancesResult": {"instances": "[IntegrationInstance]", "pageInfo": "PageInfo"},
    "IntegrationDefinition": {
        "id": "String",
        "name": "String",
        "title": "String",
        "type": "String",
        "integrationType": "String",
        "totalInstanceCount": "Int",
    },
    "IntegrationDefinitionsResult": {"definitions": "[IntegrationDefinition]", "pageInfo": "PageInfo"},
    "IntegrationJob": {
        "id": "String",
        "status": "IntegrationJobStatus",
        "integrationInstanceId": "String",
        "integrationInstance": "IntegrationInstance",
        "createDate": "Long",
        "endDate": "Long",
        "errorsOccurred": "Boolean",
        "hasSkippedSteps": "Boolean",
    },
    "IntegrationJobsResult": {"jobs": "[IntegrationJob]", "pageInfo": "PageInfo"},
    "IntegrationEvent": {
        "id": "String",
        "name": "String",
        "description": "String",
        "createDate": "Long",
        "jobId": "String",
        "level": "String",
        "eventCode": "String",
    },
    "IntegrationEventsResult": {"events": "[IntegrationEvent]", "pageInfo": "PageInfo"},
    "QueryV1Response": {
        "type": "String",
        "data": "JSON",
        "cursor": "String",
        "url": "String",
        "totalCount": "Int",
        "correlationId": "String",
    },
    "PageInfo": _PAGE_INFO,
}

_INSTANCE_INPUT = {
    "name": "String",
    "pollingInterval": "IntegrationPollingInterval",
    "pollingIntervalCronExpression": "IntegrationPollingIntervalCronExpressionInput",
    "description": "String",
    "config": "JSON",
    "offsiteComplete": "Boolean",
    "sourceIntegrationInstanceId": "String",
    "ingestionSourcesOverrides": "[IngestionSourcesOverrideInput!]",
    "collectorPoolId": "String",
    "resourceGroupId": "String",
}

INPUTS: dict[str, dict[str, str]] = {
    "CreateIntegrationInstanceInput": {
        **_INSTANCE_INPUT,
        "name": "String!",
        "integrationDefinitionId": "String!",
    },
    "UpdateIntegrationInstanceInput": {
        **_INSTANCE_INPUT,
        "integrationDefinitionId": "String",
        "updateMode": "IntegrationInstanceUpdateMode",
        "updateChildResourceGroup": "Boolean",
    },
    "IntegrationPollingIntervalCronExpressionInput": {"hour": "Int", "dayOfWeek": "Int"},
    "IngestionSourcesOverrideInput": {"ingestionSourceId": "String!", "enabled": "Boolean!"},
    "ListIntegrationInstancesSearchFilter": {"name": "String"},
    "QueryV1Flags": {"variableResultSize": "Boolean", "computedProperties": "Boolean", "rowMetadata": "Boolean"},
}

ENUMS: dict[str, tuple[str, ...]] = {
    "IntegrationPollingInterval": (
        "DISABLED",
        "THIRTY_MINUTES",
        "ONE_HOUR",
        "FOUR_HOURS",
        "EIGHT_HOURS",
        "TWELVE_HOURS",
        "ONE_DAY",
        "ONE_WEEK",
    ),
    "IntegrationJobStatus": ("IN_PROGRESS", "COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED"),
    "IntegrationInstanceUpdateMode": ("PARTIAL_REPLACE",),
    "DeferredResponseOption": ("DISABLED", "FORCE"),
}

SCALARS: dict[str, tuple[type, ...]] = {
    "String": (str,),
    "ID": (str,),
    "Int": (int,),
    "Long": (int,),
    "Boolean": (bool,),
    "JSON": (dict, list, str, int, float, bool),
}

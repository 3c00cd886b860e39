"""A local JupiterOne: the synchronization API and the GraphQL API for one account."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException

from collector.clock import Clock, SystemClock
from collector.sandbox.canaries import CANARY
from collector.sandbox.jupiterone.boards import Boards
from collector.sandbox.jupiterone.faults import Faults
from collector.sandbox.jupiterone.graph import GraphObject, Scope, with_platform_properties
from collector.sandbox.jupiterone.graphql_resolvers import Resolvers
from collector.sandbox.jupiterone.graphql_routes import GRAPHQL_PATH, GraphQLRoutes, deferred_address
from collector.sandbox.jupiterone.identifiers import Identifiers
from collector.sandbox.jupiterone.instances import Instance, Instances
from collector.sandbox.jupiterone.jobs import Event, Job
from collector.sandbox.jupiterone.queries import Queries
from collector.sandbox.jupiterone.questions import Questions
from collector.sandbox.jupiterone.request_handler import Request, RequestChecks, RequestHandler, Requests
from collector.sandbox.jupiterone.rules import Rules
from collector.sandbox.jupiterone.synchronization import Synchronization
from collector.sandbox.jupiterone.synchronization_routes import SynchronizationRoutes
from collector.sandbox.server import serving

MAX_BODY = 6_000_000
"""Bytes. JupiterOne's SDK shrinks what is larger."""


class JupiterOneSandbox:
    """Behaves like JupiterOne as far as the collector asks, and fails as `faults` say.

    `accepts_gzip`: whether uploads may be compressed. `largest_body`: bytes. `polls_until_finished`: how many GETs
    still find a finalized job unfinished. `j1ql_allowed`: whether the API key may query. Sandboxes of equal `seed` give
    the same ids and have the same API key.

    Attributes to use: `app` (the WSGI application), `faults`, `account`, `api_key`, `j1ql_allowed` (may be changed).
    """

    def __init__(
        self,
        *,
        account: str = "sandbox",
        clock: Clock | None = None,
        accepts_gzip: bool = True,
        largest_body: int = MAX_BODY,
        polls_until_finished: int = 2,
        j1ql_allowed: bool = True,
        seed: int = 0,
    ) -> None:
        clock = clock or SystemClock()
        self._identifiers = Identifiers(seed)
        self.account = account
        self.api_key = f"{CANARY}-JUPITERONE-KEY-{self._identifiers.new()}"
        self.j1ql_allowed = j1ql_allowed
        self.faults = Faults()
        self._requests = Requests()
        self._instances = Instances()
        self._synchronization = Synchronization(
            account, self._instances, self._identifiers, clock, polls_until_finished
        )
        checks = RequestChecks(account, self.api_key, accepts_gzip, largest_body)
        handler = RequestHandler(checks, self.faults, self._requests, self._identifiers, clock)
        self.app = Flask("jupiterone sandbox", static_folder=None)
        self.app.config["PROPAGATE_EXCEPTIONS"] = True
        routes = SynchronizationRoutes(self._synchronization, handler)
        routes.add_to(self.app)
        queries = Queries(
            account, self._synchronization, self._identifiers, lambda: self.j1ql_allowed, deferred_address
        )
        instances = Resolvers(account, self._instances, self._synchronization, queries, self._identifiers)
        self._questions = Questions(account, self._identifiers, clock)
        self._rules = Rules(account, self._questions, self._identifiers)
        self._boards = Boards(self._identifiers)
        resolvers = {
            name: resolver
            for each in (instances, self._questions, self._rules, self._boards)
            for name, resolver in each.by_name().items()
        }
        GraphQLRoutes(resolvers, queries, self._synchronization, handler).add_to(self.app)
        self.app.register_error_handler(HTTPException, lambda error: routes.unrouted(error.code or 404))

    def serve(self, port: int = 0) -> AbstractContextManager[str]:
        """Serve on 127.0.0.1 while the context lasts; gives the base address of the synchronization API."""
        return serving(self.app, port)

    def environment(self, url: str) -> dict[str, str]:
        """The settings for this sandbox at `url`."""
        return {
            "JUPITERONE_ACCOUNT": self.account,
            "JUPITERONE_API_KEY": self.api_key,
            "JUPITERONE_API_BASE_URL": url,
            "JUPITERONE_GRAPHQL_URL": f"{url}{GRAPHQL_PATH}",
        }

    def entities(self, instance_id: str | None = None, scope: str | None = None) -> dict[str, GraphObject]:
        """What the graph holds now, by `_key`, as it was uploaded: of an instance, of a scope of source "api", or all.

        Finalized jobs count, even before a client has polled them.
        """
        return self._stored("entities", instance_id, scope, platform=False)

    def relationships(self, instance_id: str | None = None, scope: str | None = None) -> dict[str, GraphObject]:
        """As `entities`."""
        return self._stored("relationships", instance_id, scope, platform=False)

    def ingested_entities(self, instance_id: str | None = None, scope: str | None = None) -> dict[str, GraphObject]:
        """As `entities`, with what the platform adds: `_id`, `_integrationInstanceId`, `tag.AccountName` and so on."""
        return self._stored("entities", instance_id, scope, platform=True)

    @property
    def jobs(self) -> list[Job]:
        """Oldest first; `document()` of each is what the API returns. Status requests let a finalized one progress."""
        return self._synchronization.jobs

    @property
    def instances(self) -> list[Instance]:
        """Oldest first."""
        return list(self._instances)

    @property
    def events(self) -> list[Event]:
        """What clients published about their jobs, oldest first."""
        return self._synchronization.events

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The saved questions, oldest first, as the API answers them."""
        return self._questions.all

    @property
    def rules(self) -> list[dict[str, Any]]:
        """The alert rules, oldest first, as the API answers them."""
        return self._rules.all

    @property
    def boards(self) -> list[dict[str, Any]]:
        """The boards with their widgets, oldest first, as the API answers them."""
        return self._boards.all

    @property
    def requests(self) -> list[Request]:
        """The latest 10,000, oldest first."""
        return self._requests.latest

    def finish_jobs(self) -> None:
        """Finish every finalized job."""
        self._synchronization.finish_jobs()

    def add_instance(self, name: str = "Zoom", **properties: Any) -> Instance:
        """Make an instance of the custom definition without asking the API. `properties`: fields of Instance."""
        instance = Instance(self._identifiers.new(), name, **properties)
        with self._synchronization.locked():
            self._instances.put(instance)
        return instance

    def add_question(self, **properties: Any) -> dict[str, Any]:
        """Save a question as somebody does in JupiterOne. `properties`: of its input."""
        return self._questions.add({"queries": [{"query": "FIND *"}], **properties})

    def change_question(self, question_id: str, **properties: Any) -> None:
        """Change a question as somebody does in JupiterOne."""
        self._questions.change(question_id, properties)

    def add_rule(self, **properties: Any) -> dict[str, Any]:
        """Make a rule as somebody does in JupiterOne. `properties`: of its input."""
        question = {} if "questionId" in properties else {"question": {"queries": [{"query": "FIND *"}]}}
        return self._rules.add({"description": "", "operations": [], "tags": [], **question, **properties})

    def change_rule(self, rule_id: str, **properties: Any) -> None:
        """Change a rule as somebody does in JupiterOne."""
        self._rules.change(rule_id, properties)

    def remove_instance(self, instance_id: str) -> None:
        """As if it was deleted in JupiterOne, with its graph and its open jobs."""
        with self._synchronization.locked():
            self._instances.remove(instance_id)
            self._synchronization.forget_instance(instance_id)

    def _stored(
        self, kind: str, instance_id: str | None, scope: str | None, *, platform: bool
    ) -> dict[str, GraphObject]:
        with self._synchronization.locked():
            self.finish_jobs()
            return {
                key: with_platform_properties(origin, ingested, self.account) if platform else ingested.uploaded
                for origin, data in self._synchronization.graph.scopes()
                if _wanted(origin, instance_id, scope)
                for key, ingested in getattr(data, kind).items()
            }


def _wanted(origin: Scope, instance_id: str | None, scope: str | None) -> bool:
    if instance_id is None and scope is None:
        return True
    return origin.name == (scope if origin.source == "api" else instance_id)

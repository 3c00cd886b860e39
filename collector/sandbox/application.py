"""The sandbox as a WSGI application: routes only, the decisions are made elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from collector.sandbox import fault_effects
from collector.sandbox.backend import Backend
from collector.sandbox.consent import ConsentPage
from collector.sandbox.endpoints import Endpoint
from collector.sandbox.errors import ZoomError, not_in_sandbox, unknown_route, wrong_method
from collector.sandbox.fault import Fault
from collector.sandbox.oauth import TokenEndpoint
from collector.sandbox.oauth_routes import AUTHORIZE_PATH, REVOKE_PATH, TOKEN_PATH, OAuthRoutes
from collector.sandbox.paging import ListQuery
from collector.sandbox.request_authorization import RequestAuthorization, bearer
from collector.sandbox.request_handler import RequestHandler
from collector.sandbox.responses import SandboxResponse, refusal
from collector.sandbox.served import ENDPOINTS
from collector.sandbox.tokens import Tokens

_API = "/v2"
_API_CACHING = "no-cache, no-store, must-revalidate, no-transform"
_NOT_IN_SANDBOX = ("custom_query_fields", "include_fields", "page_number", "role_id")
"""Parameters that change an answer of Zoom's, and that the collector does not send."""


@dataclass(frozen=True)
class Parts:
    """The parts of the application."""

    account_id: str
    tokens: Tokens
    token_endpoint: TokenEndpoint
    consent_page_handler: ConsentPage
    authorization: RequestAuthorization
    backend: Backend
    handler: RequestHandler


def build(parts: Parts) -> Flask:
    """The WSGI application."""
    app = Flask("zoom sandbox", static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    oauth = OAuthRoutes(parts.handler, parts.token_endpoint, parts.consent_page_handler)
    app.add_url_rule(AUTHORIZE_PATH, "authorize", oauth.authorize, methods=["GET", "POST"])
    app.add_url_rule(TOKEN_PATH, "token", oauth.token, methods=["POST"])
    app.add_url_rule(REVOKE_PATH, "revoke", oauth.revoke, methods=["POST"])
    api = _ApiRoutes(parts)
    for endpoint in ENDPOINTS:
        view = partial(api.answer, endpoint)
        app.add_url_rule(_API + endpoint.rule, endpoint.rule, view, methods=["GET"])
    app.register_error_handler(HTTPException, api.unrouted)
    return app


class _ApiRoutes:
    """The view functions of the REST API."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def answer(self, endpoint: Endpoint, **arguments: str) -> Response:
        item_id = next(iter(arguments.values()), "")
        return self._parts.handler.respond(
            partial(self._api_answer, endpoint, item_id),
            path=request.path.removeprefix(_API),
            template=_API + endpoint.rule,
            caching=_API_CACHING,
            label=endpoint.label,
        )

    def unrouted(self, error: HTTPException) -> Response:
        """Paths and methods the sandbox does not know."""
        answer = refusal(wrong_method() if error.code == 405 else unknown_route())
        return self._parts.handler.send(answer, caching=_API_CACHING)

    def _api_answer(self, endpoint: Endpoint, item_id: str, fault: Fault | None) -> SandboxResponse:
        parts = self._parts
        authorization = request.headers.get("Authorization", "")
        parameters = request.args.to_dict()
        try:
            if fault is not None:
                if fault.kind == "revoked":
                    parts.tokens.revoke(bearer(authorization))
                fault_effects.raise_refusal(fault, endpoint, item_id, parts.account_id)
            token = parts.authorization.authorize(endpoint, authorization, parameters)
            for name in parameters.keys() & _NOT_IN_SANDBOX:
                raise not_in_sandbox(name)
            query = ListQuery(token.subject, request.path, parameters)
            answer = SandboxResponse(200, endpoint.answer(parts.backend, item_id, query))
        except ZoomError as error:
            return refusal(error) if fault is None else fault_effects.corrupt_body(fault, refusal(error))
        if fault is None:
            return answer
        return fault_effects.corrupt_list(
            fault, answer, endpoint.rows, query.token, partial(parts.backend.pager.token_for_same_page, query)
        )

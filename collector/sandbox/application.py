"""The sandbox as a WSGI application: routes in, answers out. Everything that decides is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from collector.clock import Clock
from collector.sandbox import trouble
from collector.sandbox.answers import Answer, CommonHeaders, as_json, refusal
from collector.sandbox.calls import Call, Calls
from collector.sandbox.endpoints import ENDPOINTS, Endpoint, Label
from collector.sandbox.errors import ZoomError, unknown_route, wrong_method
from collector.sandbox.faults import Fault, Faults
from collector.sandbox.gate import Gate, bearer
from collector.sandbox.limits import RateLimits
from collector.sandbox.oauth import OAuthError, TokenEndpoint, TokenRequest, Tokens
from collector.sandbox.paging import ListQuery, Pager
from collector.sandbox.rest import RestApi

_API = "/v2"
_TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path
_API_CACHING = "no-cache, no-store, must-revalidate, no-transform"
_OAUTH_CACHING = "no-store"


@dataclass(frozen=True)
class Parts:
    """What the application is put together from. `latency`: seconds every answer takes at least."""

    account_id: str
    tokens: Tokens
    token_endpoint: TokenEndpoint
    gate: Gate
    limits: RateLimits
    pager: Pager
    rest: RestApi
    faults: Faults
    calls: Calls
    headers: CommonHeaders
    clock: Clock
    latency: float


def build(parts: Parts) -> Flask:
    """The WSGI application."""
    app = Flask("zoom sandbox", static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    routes = _Routes(parts)
    app.add_url_rule(_TOKEN_PATH, "token", routes.token, methods=["POST"])
    for endpoint in ENDPOINTS:
        view = partial(routes.api, endpoint)
        app.add_url_rule(_API + endpoint.rule, endpoint.name, view, methods=["GET"])
    app.register_error_handler(HTTPException, routes.unrouted)
    return app


class _Routes:
    """The view functions."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def token(self) -> Response:
        answer = self._with_faults(lambda _: self._token_answer(), _TOKEN_PATH, _TOKEN_PATH, None)
        return self._response(answer, _TOKEN_PATH, None, _OAUTH_CACHING)

    def api(self, endpoint: Endpoint, **arguments: str) -> Response:
        item_id = next(iter(arguments.values()), "")
        template = _API + endpoint.rule
        path = request.path.removeprefix(_API)
        produce = partial(self._api_answer, endpoint, item_id)
        answer = self._with_faults(produce, path, template, endpoint.label)
        return self._response(answer, template, endpoint.label, _API_CACHING)

    def unrouted(self, error: HTTPException) -> Response:
        """Paths and methods the sandbox does not know."""
        answer = refusal(wrong_method() if error.code == 405 else unknown_route())
        return self._response(answer, "", None, _API_CACHING)

    def _with_faults(
        self, produce: Callable[[Fault | None], Answer], path: str, template: str, label: Label | None
    ) -> Answer:
        parts = self._parts
        if parts.latency:
            parts.clock.wait(parts.latency)
        fault = parts.faults.strike(path, request.args)
        if fault is None:
            return produce(None)
        try:
            struck = trouble.instead_of_answer(fault, request.path, parts.limits, parts.clock)
        except ZoomError as error:
            return refusal(error)
        except ConnectionResetError:
            self._record(template, 0, label)
            raise
        return struck or produce(fault)

    def _token_answer(self) -> Answer:
        posted = TokenRequest(request.form, request.args, request.headers.get("Authorization", ""))
        try:
            body = self._parts.token_endpoint.answer(posted)
        except OAuthError as error:
            return Answer(error.status, as_json(error.body))
        return Answer(200, as_json({**body, "api_url": request.host_url.rstrip("/")}))

    def _api_answer(self, endpoint: Endpoint, item_id: str, fault: Fault | None) -> Answer:
        parts = self._parts
        authorization = request.headers.get("Authorization", "")
        parameters = request.args.to_dict()
        try:
            if fault is not None:
                if fault.kind == "revoked":
                    parts.tokens.revoke(bearer(authorization))
                trouble.refuse(fault, endpoint, item_id, parts.account_id)
            token = parts.gate.admit(endpoint, authorization, parameters)
            query = ListQuery(token.subject, request.path, parameters)
            answer = Answer(200, parts.rest.answer(endpoint.name, item_id, query))
        except ZoomError as error:
            return refusal(error)
        if fault is None:
            return answer
        return trouble.disturb(fault, answer, endpoint.rows, query.token, partial(parts.pager.same_page_again, query))

    def _response(self, answer: Answer, template: str, label: Label | None, caching: str) -> Response:
        self._record(template, answer.status, label)
        response = Response(answer.body, answer.status, content_type=answer.content_type)
        response.headers.extend(self._parts.headers(caching))
        if label is not None:
            response.headers.extend(self._parts.limits.headers(label))
        response.headers.update(answer.headers)
        if answer.dropped:
            response.response = _half_of(answer.body)
        return response

    def _record(self, template: str, status: int, label: Label | None) -> None:
        query = request.query_string.decode("latin-1")
        self._parts.calls.add(Call(request.method, request.path, query, template, status, label or ""))


def _half_of(body: bytes) -> Iterator[bytes]:
    """Half a body, and then no connection any more."""
    yield body[: len(body) // 2]
    raise ConnectionResetError

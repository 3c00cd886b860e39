"""The OAuth addresses: forms in, pages, redirects and JSON out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from collector.sandbox import fault_effects
from collector.sandbox.consent import AuthorizationError, ConsentPage, RedirectToApp, own_page
from collector.sandbox.fault import Fault
from collector.sandbox.oauth import TokenEndpoint, TokenRequest
from collector.sandbox.oauth_errors import OAuthError
from collector.sandbox.pages import Page
from collector.sandbox.request_handler import RequestHandler
from collector.sandbox.responses import HTML_TYPE, SandboxResponse, json_bytes

AUTHORIZE_PATH = "/oauth/authorize"
TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path
REVOKE_PATH = "/oauth/revoke"
_CACHING = "no-store"


class OAuthRoutes:
    """The view functions."""

    def __init__(self, handler: RequestHandler, token_endpoint: TokenEndpoint, consent_page: ConsentPage) -> None:
        self._handler = handler
        self._token_endpoint = token_endpoint
        self._consent_page = consent_page

    def authorize(self) -> Response:
        return self._respond(self._browser_answer, AUTHORIZE_PATH)

    def token(self) -> Response:
        return self._respond(self._token_answer, TOKEN_PATH, request.values.get("grant_type", ""))

    def revoke(self) -> Response:
        return self._respond(lambda: _json_answer(self._token_endpoint.revoke), REVOKE_PATH)

    def _respond(self, produce: Callable[[], SandboxResponse], path: str, grant: str = "") -> Response:
        def faulty(fault: Fault | None) -> SandboxResponse:
            answer = produce()
            return answer if fault is None else fault_effects.corrupt_body(fault, answer)

        return self._handler.respond(faulty, path, path, _CACHING, grant=grant)

    def _browser_answer(self) -> SandboxResponse:
        try:
            if request.method == "POST":
                decided = self._consent_page.decide(request.form.to_dict())
            else:
                decided = self._consent_page.ask(request.args.to_dict())
        except AuthorizationError as error:
            return _page_answer(own_page("This did not work", str(error), 400))
        if isinstance(decided, RedirectToApp):
            return SandboxResponse(302, b"", {"Location": decided.location}, HTML_TYPE)
        return _page_answer(decided)

    def _token_answer(self) -> SandboxResponse:
        return _json_answer(
            lambda posted: {**self._token_endpoint.answer(posted), "api_url": request.host_url.rstrip("/")}
        )


def _json_answer(endpoint: Callable[[TokenRequest], Mapping[str, Any]]) -> SandboxResponse:
    posted = TokenRequest(request.form, request.args, request.headers.get("Authorization", ""))
    try:
        return SandboxResponse(200, json_bytes(endpoint(posted)))
    except OAuthError as error:
        return SandboxResponse(error.status, json_bytes(error.body))


def _page_answer(page: Page) -> SandboxResponse:
    return SandboxResponse(page.status, page.html.encode(), page.headers, HTML_TYPE)

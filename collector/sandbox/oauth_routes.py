"""The OAuth addresses: forms in, pages, redirects and JSON out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from collector.sandbox import trouble
from collector.sandbox.answers import HTML_TYPE, Answer, as_json
from collector.sandbox.consent import ConsentDesk, Forward, NotForwarded, own_page
from collector.sandbox.exchange import Exchange
from collector.sandbox.fault import Fault
from collector.sandbox.oauth import TokenEndpoint, TokenRequest
from collector.sandbox.oauth_errors import OAuthError
from collector.sandbox.pages import Page

AUTHORIZE_PATH = "/oauth/authorize"
TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path
REVOKE_PATH = "/oauth/revoke"
_CACHING = "no-store"


class OAuthRoutes:
    """The view functions."""

    def __init__(self, exchange: Exchange, token_endpoint: TokenEndpoint, desk: ConsentDesk) -> None:
        self._exchange = exchange
        self._token_endpoint = token_endpoint
        self._desk = desk

    def authorize(self) -> Response:
        return self._respond(self._browser_answer, AUTHORIZE_PATH)

    def token(self) -> Response:
        return self._respond(self._token_answer, TOKEN_PATH, request.values.get("grant_type", ""))

    def revoke(self) -> Response:
        return self._respond(lambda: _json_answer(self._token_endpoint.revoke), REVOKE_PATH)

    def _respond(self, produce: Callable[[], Answer], path: str, grant: str = "") -> Response:
        def disturbed(fault: Fault | None) -> Answer:
            answer = produce()
            return answer if fault is None else trouble.spoil(fault, answer)

        return self._exchange.respond(disturbed, path, path, _CACHING, grant=grant)

    def _browser_answer(self) -> Answer:
        try:
            if request.method == "POST":
                decided = self._desk.decide(request.form.to_dict())
            else:
                decided = self._desk.ask(request.args.to_dict())
        except NotForwarded as error:
            return _page_answer(own_page("This did not work", str(error), 400))
        if isinstance(decided, Forward):
            return Answer(302, b"", {"Location": decided.location}, HTML_TYPE)
        return _page_answer(decided)

    def _token_answer(self) -> Answer:
        return _json_answer(
            lambda posted: {**self._token_endpoint.answer(posted), "api_url": request.host_url.rstrip("/")}
        )


def _json_answer(endpoint: Callable[[TokenRequest], Mapping[str, Any]]) -> Answer:
    posted = TokenRequest(request.form, request.args, request.headers.get("Authorization", ""))
    try:
        return Answer(200, as_json(endpoint(posted)))
    except OAuthError as error:
        return Answer(error.status, as_json(error.body))


def _page_answer(page: Page) -> Answer:
    return Answer(page.status, page.html.encode(), page.headers, HTML_TYPE)

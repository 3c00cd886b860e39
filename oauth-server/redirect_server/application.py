"""The Flask application: routes, checks before them, and error pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Flask, Request, Response, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from collector.auth import OAuthClient
from collector.errors import UsageError
from collector.next_steps import Command, NextStep
from collector.settings import Settings
from collector.settings.redirect_address import Address
from redirect_server import formatting, problems
from redirect_server.access_keys import AccessKeys
from redirect_server.flow import SignInFlow
from redirect_server.guard import STYLE, Guard, add_security_headers
from redirect_server.log import log, traceback_summary
from redirect_server.pages import Pages
from redirect_server.views import Overview, SignInPages

_MAX_BODY = 32768
_HTTP_PROBLEMS = {404: problems.NOT_FOUND, 405: problems.WRONG_METHOD, 413: problems.TOO_LARGE}


class _Request(Request):
    """A request with small forms."""

    max_form_memory_size = _MAX_BODY
    max_form_parts = 16


class _Application(Flask):
    request_class = _Request


def client_of(settings: Settings) -> OAuthClient:
    """The app the browser signs in to: without a secret a public PKCE client (RFC 8252 §8.4).

    Raises UsageError when the configuration has no such app.
    """
    if settings.account_id is not None:
        raise UsageError(
            "ZOOM_ACCOUNT_ID is set: a Server-to-Server app needs no sign-in in the browser.",
            NextStep("Run `{}`. To sign in with the browser instead, unset ZOOM_ACCOUNT_ID.", Command("collect")),
        )
    if settings.client_id is None:
        names = "ZOOM_CLIENT_ID is" if settings.client_secret else "ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET are"
        raise UsageError(
            f"{names} not set, so there is no app to sign in with.",
            "Copy .env.example to .env and fill in what the app's page in the Zoom App Marketplace shows under App "
            "Credentials. An app without a secret (PKCE only) needs ZOOM_CLIENT_ID alone.",
        )
    return OAuthClient(settings.client_id, settings.client_secret, settings.oauth_url)


def create_app(
    flow: SignInFlow,
    access_keys: AccessKeys,
    instance: str,
    page_delivered: Callable[[], None],
    *,
    is_sandbox: bool = False,
) -> Flask:
    """The WSGI application around a flow, for the browsers that `access_keys` lets in.

    `instance`: the id in /health. `page_delivered`: called when the "connected" page has been sent. `is_sandbox`: the
    pages say that this Zoom is not the real one.
    """
    app = _Application("redirect_server", template_folder="templates", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=_MAX_BODY, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["style"] = STYLE
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    filters = (formatting.absolute, formatting.machine, formatting.whole, formatting.breakable)
    app.jinja_env.filters.update((function.__name__, function) for function in filters)
    guard = Guard(flow.address)
    pages = Pages(flow, guard, access_keys, is_sandbox)
    _add_routes(app, flow, Overview(flow, pages, instance), SignInPages(flow, pages, guard, page_delivered))
    _add_checks(app, flow.address, guard, access_keys, pages)
    _add_error_pages(app, pages)
    return app


def _add_routes(app: Flask, flow: SignInFlow, overview: Overview, sign_in: SignInPages) -> None:
    for path, view in (
        ("/", overview.home),
        ("/status", overview.status),
        ("/health", overview.health),
        ("/favicon.ico", overview.favicon),
        ("/install", sign_in.install),
        (flow.address.path, sign_in.callback),
        ("/done", sign_in.done),
        ("/paste", sign_in.paste_form),
    ):
        app.add_url_rule(path, f"GET {path}", view, methods=["GET"])
    for path, view in (
        ("/refresh", overview.refresh),
        ("/revoke", overview.revoke),
        ("/forget", overview.forget),
        ("/paste", sign_in.pasted),
        ("/keep", sign_in.keep),
        ("/discard", sign_in.discard),
    ):
        app.add_url_rule(path, f"POST {path}", view, methods=["POST"])


def _add_checks(app: Flask, address: Address, guard: Guard, access_keys: AccessKeys, pages: Pages) -> None:
    open_to_all = frozenset({address.path, "/health"})

    @app.before_request
    def check() -> Response | None:
        if guard.wrong_host(request):
            text = f"This server answers as {address.authority} only.\n"
            return Response(text, 421, content_type="text/plain; charset=utf-8")
        if guard.is_at_other_name(request):
            return Response(status=302, headers={"Location": guard.own_address(request)})
        problem = guard.refusal(request)
        if problem is not None:
            return pages.problem(problem)
        if request.path in open_to_all or access_keys.is_admitted(guard.browser_id(request)):
            return pages.go("/") if guard.key(request) is not None else None
        key = guard.key(request)
        browser_id = None if key is None else access_keys.admit(key)
        return pages.admitted(browser_id) if browser_id else pages.problem(problems.NOT_LET_IN)

    app.after_request(add_security_headers)


def _add_error_pages(app: Flask, pages: Pages) -> None:
    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        response = pages.problem(_HTTP_PROBLEMS.get(error.code or 400, problems.BAD_REQUEST))
        if "Allow" in dict(error.get_headers()):
            response.headers["Allow"] = dict(error.get_headers())["Allow"]
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        incident = secrets.token_hex(3)
        log.error("%s: %s", incident, traceback_summary(error))
        return pages.problem(problems.unexpected(incident))

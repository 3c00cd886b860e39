"""What each route does: calls the flow and shows the result."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Response, jsonify, request

from collector import __version__
from collector.next_steps import Command
from collector.own_command import own_command
from collector.resources import all_resources, least_privilege
from collector.settings.redirect_address import SERVER_NAME
from redirect_server.browsers import Connected
from redirect_server.flow import Outcome, SignInFlow
from redirect_server.formatting import relative
from redirect_server.guard import Guard
from redirect_server.log import log
from redirect_server.pages import Pages
from redirect_server.problems import Problem
from redirect_server.scopes import describe_granted


class Overview:
    """The overview, and actions on a stored sign-in."""

    def __init__(self, flow: SignInFlow, pages: Pages, instance: str) -> None:
        self._flow = flow
        self._pages = pages
        self._instance = instance
        self._scopes = least_privilege(all_resources())

    def home(self) -> Response:
        """The state of the sign-in, and the next button."""
        flow, stored = self._flow, self._flow.stored()
        now = flow.clock.now()
        missing = flow.missing(stored.scopes)
        return self._pages.page(
            "signed_in.html" if stored.state == "usable" else "signed_out.html",
            stored=stored,
            expires=relative(stored.expires_at, now) if stored.expires_at else "",
            obtained=relative(stored.obtained_at, now) if stored.obtained_at else "",
            address=flow.address,
            client=flow.client,
            zoom=urlsplit(flow.client.oauth_url).netloc,
            wanted=self._scopes,
            missing=missing,
            granted=describe_granted(stored.scopes, missing) if stored.scopes is not None else "",
            from_environment=flow.settings.access_token is not None,
            notice=flow.browsers.get(self._pages.browser_id()).take_notice(),
            command=command(flow, is_sandbox=self._pages.is_sandbox),
        )

    def status(self) -> Response:
        """The state as JSON, always 200, without tokens."""
        stored, settings = self._flow.stored(), self._flow.settings
        if settings.access_token is not None:
            return jsonify(authenticated=True, profile=settings.profile.name, source="environment")
        account = stored.account or {}
        return jsonify(
            authenticated=stored.state == "usable",
            profile=settings.profile.name,
            source="file",
            account={name: account.get(name) for name in ("id", "email", "account_id")} if account else None,
            scopes=sorted(stored.scopes) if stored.scopes is not None else None,
            expires_in=int(stored.expires_at - self._flow.clock.now()) if stored.expires_at else None,
            needs_reauth=None if stored.state in {"usable", "none"} else stored.reason,
        )

    def health(self) -> Response:
        """Identifies this server."""
        return jsonify(ok=True, app=SERVER_NAME, instance=self._instance, version=__version__)

    def refresh(self) -> Response:
        """Refresh the access token."""
        return self._after(self._flow.refresh(), "The access token was refreshed.")

    def revoke(self) -> Response:
        """Disconnect at Zoom and here. Asks first."""
        if request.form.get("confirmed") != "yes":
            return self._pages.page("confirm_revoke.html", stored=self._flow.stored())
        return self._after(self._flow.revoke(), "Disconnected. Zoom has ended the sign-in and removed the app.")

    def forget(self) -> Response:
        """Remove the sign-in from this computer only. Asks first."""
        if request.form.get("confirmed") != "yes":
            return self._pages.page("confirm_forget.html", stored=self._flow.stored())
        return self._after(
            self._flow.forget(), "The sign-in has been removed from this computer. Zoom still allows the app."
        )

    def favicon(self) -> Response:
        """No icon."""
        return Response(status=204)

    def _after(self, problem: Problem | None, notice: str) -> Response:
        as_json = request.accept_mimetypes.best == "application/json"
        if problem is not None:
            if not as_json:
                return self._pages.problem(problem)
            response = jsonify(ok=False, error=problem.code, message=problem.happened)
            response.status_code = problem.status
            return response
        if as_json:
            return jsonify(ok=True)
        self._flow.browsers.get_or_create(self._pages.browser_id()).notice = notice
        return self._pages.go("/")


class SignInPages:
    """The way to Zoom and back."""

    def __init__(self, flow: SignInFlow, pages: Pages, guard: Guard, page_delivered: Callable[[], None]) -> None:
        self._flow = flow
        self._pages = pages
        self._guard = guard
        self._page_delivered = page_delivered

    def install(self) -> Response:
        """Redirect to Zoom. When another site links here, a page asks first."""
        if request.method == "HEAD":
            return Response()
        if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
            return self._pages.page("confirm_install.html")
        attempt = self._flow.start_sign_in(self._pages.browser_id())
        if isinstance(attempt, Problem):
            return self._pages.problem(attempt)
        log.info("A sign-in has been started.")
        return self._pages.go(attempt.authorization_url, 302)

    def callback(self) -> Response:
        """Zoom's redirect back. A HEAD, as link checkers send it, does not use the code."""
        if request.method == "HEAD":
            return Response()
        return self._outcome(request.query_string.decode("latin-1"), request.environ["HTTP_HOST"].lower())

    def done(self) -> Response:
        """The success page, for the browser that signed in."""
        browser = self._flow.browsers.get(self._pages.browser_id())
        if browser.connected is None:
            return self._pages.go("/")
        return self._connected(browser.connected)

    def paste_form(self) -> Response:
        """For a browser on another computer: the address to open there, and a form for the address it ends at."""
        if request.method == "HEAD":
            return Response()
        attempt = self._flow.start_sign_in(self._pages.browser_id())
        if isinstance(attempt, Problem):
            return self._pages.problem(attempt)
        return self._pages.page("paste.html", attempt=attempt, address=self._flow.address)

    def pasted(self) -> Response:
        """Handle the pasted address like a redirect."""
        return self._outcome(query_of(request.form.get("address", "")), self._flow.address.authority)

    def keep(self) -> Response:
        """Save this browser's pending sign-in."""
        browser = self._flow.browsers.get(self._pages.browser_id())
        return self._show(self._flow.save(browser, replace=request.form.get("replace") == "yes"))

    def discard(self) -> Response:
        """Drop this browser's pending sign-in."""
        browser = self._flow.browsers.get_or_create(self._pages.browser_id())
        self._flow.discard(browser)
        browser.notice = "Nothing has been changed: the earlier account is still signed in."
        return self._pages.go("/")

    def _outcome(self, query: str, authority: str) -> Response:
        return self._show(self._flow.handle_callback(self._pages.browser_id(), query, authority))

    def _show(self, outcome: Outcome) -> Response:
        """Success redirects, so that the code leaves the address bar (RFC 9700 §4.2.4)."""
        if isinstance(outcome, Problem):
            return self._pages.problem(outcome)
        if outcome.again:
            return self._connected(outcome)
        self._pages.change_id()
        return self._pages.go("/done")

    def _connected(self, connected: Connected) -> Response:
        response = self._pages.page(
            "done.html",
            connected=connected,
            missing=self._flow.missing(connected.scopes),
            optional=self._flow.optional(connected.scopes),
            path=self._flow.file.path,
            command=command(self._flow, is_sandbox=self._pages.is_sandbox),
        )
        if request.method == "GET":
            response.call_on_close(self._page_delivered)
        return response


def command(flow: SignInFlow, *, is_sandbox: bool) -> str:
    """What to run once signed in; `demo` in the sandbox, whose sign-in ends with the server."""
    if is_sandbox:
        return f"{own_command()} demo"
    return Command("collect").for_call(flow.settings.profile.name_to_give)


def query_of(pasted: str) -> str:
    """The query of a pasted address, or the whole text if only the query was copied."""
    text = "".join(pasted.split())
    address, mark, query = text.partition("?")
    return (query if mark else address).partition("#")[0]

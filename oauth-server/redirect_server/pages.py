"""Renders the templates."""

from __future__ import annotations

from flask import Response, g, render_template, request

from redirect_server.access_keys import AccessKeys
from redirect_server.browsers import new_browser_id
from redirect_server.flow import SignInFlow
from redirect_server.guard import Guard
from redirect_server.log import log
from redirect_server.problems import Problem


class Pages:
    """Renders for the browser of the current request; sets its cookie if it was let in."""

    def __init__(self, flow: SignInFlow, guard: Guard, access_keys: AccessKeys, is_sandbox: bool) -> None:
        self._flow = flow
        self.is_sandbox = is_sandbox
        self._guard = guard
        self._access_keys = access_keys

    def browser_id(self) -> str:
        """The id of this request's browser, a new one without a cookie."""
        if "browser_id" not in g:
            g.browser_id = self._guard.browser_id(request) or new_browser_id()
        return str(g.browser_id)

    def change_id(self) -> None:
        """Give the browser a new id after the sign-in, so that an id known before is useless."""
        before = self.browser_id()
        if self._access_keys.is_admitted(before):
            g.browser_id = self._access_keys.rotate_id(before)
            self._flow.browsers.rename(before, g.browser_id)

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """A template with its values, and the cookie that ties its forms to this browser."""
        browser_id = self.browser_id()
        html = render_template(
            template,
            profile=self._flow.settings.profile.name,
            is_sandbox=self.is_sandbox,
            csrf=self._guard.csrf(browser_id),
            **values,
        )
        response = Response(html, status, content_type="text/html; charset=utf-8")
        return self._with_cookie(response)

    def problem(self, problem: Problem) -> Response:
        """The page of a failure; also logs it."""
        log.info("%s (%d): %s", problem.code, problem.status, problem.title)
        response = self.page("problem.html", problem.status, problem=problem)
        response.headers.update(problem.headers)
        return response

    def go(self, location: str, status: int = 303) -> Response:
        """Redirect. No body: the location may contain secrets."""
        return self._with_cookie(Response(status=status, headers={"Location": location}))

    def admitted(self, browser_id: str) -> Response:
        """Redirect to the overview: the key leaves the address, the cookie replaces it."""
        g.browser_id = browser_id
        return self.go("/")

    def _with_cookie(self, response: Response) -> Response:
        if self._access_keys.is_admitted(self.browser_id()):
            self._guard.set_cookie(response, self.browser_id())
        return response

"""Answers as pages: the templates with what all of them need."""

from __future__ import annotations

from flask import Response, g, render_template, request

from redirect_server.browsers import new_browser_id
from redirect_server.flow import Flow
from redirect_server.guard import Guard
from redirect_server.log import log
from redirect_server.problems import Problem


class Pages:
    """Renders for the browser of the current request, and gives it its cookie."""

    def __init__(self, flow: Flow, guard: Guard, invented: bool) -> None:
        self._flow = flow
        self.invented = invented
        self._guard = guard

    def browser_id(self) -> str:
        """The id of the browser of this request, a new one where it has none."""
        if "browser_id" not in g:
            g.browser_id = self._guard.browser_id(request) or new_browser_id()
        return str(g.browser_id)

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """A template with its values, and the cookie that ties its forms to this browser."""
        browser_id = self.browser_id()
        html = render_template(
            template,
            profile=self._flow.settings.profile,
            invented=self.invented,
            csrf=self._guard.csrf(browser_id),
            **values,
        )
        response = Response(html, status, content_type="text/html; charset=utf-8")
        self._guard.set_cookie(response, browser_id)
        return response

    def problem(self, problem: Problem) -> Response:
        """The page of a failure, and its line in the log."""
        log.info("%s (%d): %s", problem.code, problem.status, problem.title)
        response = self.page("problem.html", problem.status, problem=problem)
        response.headers.update(problem.headers)
        return response

    def go(self, place: str, status: int = 303) -> Response:
        """On to another page. No body: the place may hold what must not be written down twice."""
        response = Response(status=status, headers={"Location": place})
        self._guard.set_cookie(response, self.browser_id())
        return response

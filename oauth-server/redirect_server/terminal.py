"""Pasting Zoom's answer into the terminal, when no browser can reach the pages."""

from __future__ import annotations

import os
import select
from collections.abc import Callable

from collector.cli.plain_text import printable
from redirect_server.browsers import Connected, new_browser_id
from redirect_server.flow import Outcome, SignInFlow
from redirect_server.formatting import describe_account
from redirect_server.problems import Problem
from redirect_server.views import query_of

_MAX_LINE_BYTES = 8192


class Terminal:
    """The same sign-in as in the pages, in the terminal, to which the attempt is bound.

    `read` returns the next line with its newline, "" at the end; `say` prints. `connected` is called when a sign-in has
    been saved.
    """

    def __init__(
        self, flow: SignInFlow, read: Callable[[], str], say: Callable[[str], None], connected: Callable[[], None]
    ) -> None:
        self._flow = flow
        self._read = read
        self._say = say
        self._connected = connected
        self._id = new_browser_id()

    def run(self) -> None:
        """Print an address and read what is pasted, until a sign-in is saved or the input ends."""
        while True:
            attempt = self._flow.start_sign_in(self._id)
            if isinstance(attempt, Problem):
                self._print_problem(attempt)
                return
            self._say(
                "Or open this address in any browser, allow the app, and paste here the address of the page that then "
                f"fails to load (it begins with {self._flow.address.redirect_uri}); Enter alone gives a new one:\n\n"
                f"  {attempt.authorization_url}\n"
            )
            line = self._read()
            if not line:
                return
            if line.strip() and self._is_finished(self._finish(line)):
                return

    def _finish(self, line: str) -> Outcome:
        outcome = self._flow.handle_callback(self._id, query_of(line), self._flow.address.authority)
        browser = self._flow.browsers.get(self._id)
        if isinstance(outcome, Problem) and browser.pending is not None:
            self._print_problem(outcome)
            self._say("Type yes to save the new sign-in, anything else to keep the earlier one:")
            if self._read().strip().lower() == "yes":
                return self._flow.save(browser, replace=True)
            self._flow.discard(browser)
        return outcome

    def _is_finished(self, outcome: Outcome) -> bool:
        if isinstance(outcome, Connected):
            self._say(
                printable(
                    f"Connected as {describe_account(outcome.account)}. The sign-in is saved in {self._flow.file.path}."
                )
            )
            self._connected()
            return True
        self._print_problem(outcome)
        return False

    def _print_problem(self, problem: Problem) -> None:
        quote = (f"Zoom's message: {problem.short_quote}",) if problem.quote else ()
        facts = tuple(f"{label}: {value}" for label, value in problem.facts)
        commands = tuple(f"  $ {command}" for command in problem.commands)
        lines = (f"{problem.title}.", problem.happened, *quote, *facts, *problem.advice, *commands)
        self._say("\n".join(map(printable, lines)))


def read_line(descriptor: int) -> str:
    """The next line of input, "" at the end.

    Unlike a file's readline it holds no lock while it waits, so the program can exit.
    """
    select.select([descriptor], [], [])
    return os.read(descriptor, _MAX_LINE_BYTES).decode("utf-8", "replace")

"""A made-up Zoom account, signed in to through the real redirect server, and a JupiterOne to upload it to."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from collector.collect.choice import Choice
from collector.errors import CollectionFailed, UsageError
from collector.next_steps import Command, NextStep
from collector.resources import not_served
from collector.sandbox import Account, Sandbox, generate_account, let_a_day_pass, manage_centrally, serves
from collector.sandbox.jupiterone import JupiterOneSandbox
from collector.settings import NAMES, Settings, read_settings
from collector.settings.redirect_address import server_command

_REQUEST_SECONDS = 10.0
_END_SECONDS = 20.0
_LOOPBACK = "127.0.0.1"
_ADDRESS = re.compile(r"http://\S+")
"""In the first line that the redirect server prints."""
_MARK = ".made-by-the-demo"


@dataclass(frozen=True)
class SignedInDemo:
    """The settings of the demo's profile, the e-mail address of its user, and the JupiterOne it uploads to."""

    settings: Settings
    email: str
    jupiterone: JupiterOneSandbox
    account: Account

    @property
    def choice(self) -> Choice:
        """Everything the sandbox serves."""
        return Choice(not_served=not_served(serves))

    def let_a_day_pass(self, member: str) -> None:
        """Change the account as on a bad day."""
        let_a_day_pass(self.account, member)

    def arrived(self) -> dict[str, int]:
        """The number of entities and relationships in that JupiterOne, by `_type`."""
        found = [*self.jupiterone.entities().values(), *self.jupiterone.relationships().values()]
        return dict(sorted(Counter(str(each["_type"]) for each in found).items()))


@contextmanager
def signed_in_demo(users: int, environment: Mapping[str, str], home: Path) -> Iterator[SignedInDemo]:
    """Serve a sandbox Zoom and JupiterOne, and sign in; token and store are created in `home`, after emptying it.

    The collector's own settings in `environment` are ignored. Raises CollectionFailed if the sign-in fails, UsageError
    if the redirect server is missing or `home` was not created by a demo.
    """
    _make_empty(home)
    account = generate_account(users=users, groups=6, custom_roles=2, seed=7)
    manage_centrally(account)
    reserved = socket.create_server((_LOOPBACK, 0))  # until the sandboxes have ports of their own
    sandbox = Sandbox(account, redirect_uris=(f"http://{_LOOPBACK}:{reserved.getsockname()[1]}/redirect",))
    jupiterone = JupiterOneSandbox(polls_until_finished=0)
    with reserved, sandbox.serve() as url, jupiterone.serve() as jupiterone_url:
        reserved.close()
        others = {name: value for name, value in environment.items() if name not in NAMES}
        configured = {
            **others,
            **sandbox.browser_environment(url),
            **jupiterone.environment(jupiterone_url),
            "JUPITERONE_INTEGRATION_INSTANCE_ID": jupiterone.add_instance("Demo").id,
            "ZOOM_HOME": str(home),
            "no_proxy": _LOOPBACK,
        }
        _sign_in(sandbox, configured, home)
        yield SignedInDemo(read_settings(configured, home), account.owner.email, jupiterone, account)


def _make_empty(home: Path) -> None:
    """Create the folder, or empty it if an earlier demo created it. Raises UsageError for any other folder."""
    mark = home / _MARK
    try:
        if home.exists() and not mark.exists():
            raise UsageError(f"{home} exists and was not created by the demo.", "Run the demo in another folder.")
        shutil.rmtree(home, ignore_errors=not home.exists())
        home.mkdir(mode=0o700)
        mark.touch()
    except OSError as failure:
        raise UsageError(
            f"The folder {home} cannot be recreated: {failure.strerror}.", "Run the demo in another folder."
        ) from None


def _sign_in(sandbox: Sandbox, environment: Mapping[str, str], folder: Path) -> None:
    """Start the redirect server, click through its pages and Zoom's, and wait until it stops."""
    with subprocess.Popen(  # noqa: S603 - our own program, no shell
        server_command("--once", "--no-browser"),
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            opened = _ADDRESS.search(server.stdout.readline()) if server.stdout is not None else None
            if opened is not None:
                _click_through(sandbox, opened[0])
            _, said = server.communicate(timeout=_END_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as failure:
            server.kill()
            raise _failed(type(failure).__name__) from None
        except BaseException:
            server.kill()
            raise
    if server.returncode != 0:
        raise _failed(said.strip().partition("\n")[0].removeprefix("Error: ").removesuffix("."))


def _click_through(sandbox: Sandbox, address: str) -> None:
    """Connect, Allow, done: send the requests of a browser. Raises OSError if a page cannot be loaded."""
    browser = build_opener(ProxyHandler({}), HTTPCookieProcessor())
    browser.open(address, timeout=_REQUEST_SECONDS).close()
    with browser.open(urljoin(address, "/install"), timeout=_REQUEST_SECONDS) as consent_page:
        back = sandbox.consent(consent_page.url)
    browser.open(back, timeout=_REQUEST_SECONDS).close()


def _failed(reason: str) -> CollectionFailed:
    return CollectionFailed(
        f"The demo could not sign in to its sandbox: {reason}.", NextStep("Run `{}` again.", Command("demo"))
    )

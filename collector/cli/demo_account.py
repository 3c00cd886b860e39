"""An invented account that somebody has signed in to through the real redirect server, and a JupiterOne for it."""

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
from collector.sandbox import Sandbox, generate_account, serves
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
    """The settings of the throw-away profile, the person who signed in, and the JupiterOne that is uploaded to."""

    settings: Settings
    email: str
    jupiterone: JupiterOneSandbox

    @property
    def choice(self) -> Choice:
        """What there is in the sandbox."""
        return Choice(not_served=not_served(serves))

    def arrived(self) -> dict[str, int]:
        """How many entities and relationships of each `_type` stand in that JupiterOne."""
        found = [*self.jupiterone.entities().values(), *self.jupiterone.relationships().values()]
        return dict(sorted(Counter(str(each["_type"]) for each in found).items()))


@contextmanager
def signed_in_demo(users: int, environment: Mapping[str, str], home: Path) -> Iterator[SignedInDemo]:
    """A sandbox account of so many users, signed in to while this lasts; token and store are made anew in `home`.

    Beside it a sandbox JupiterOne, with an instance to upload to.

    Nothing configured in `environment` is used but what does not belong to the collector. Raises CollectionFailed when
    the sign-in does not come about, UsageError when the redirect server is not there, or `home` is no demo's.
    """
    _make_empty(home)
    account = generate_account(users=users, groups=6, custom_roles=2, seed=7)
    redirect_uri = f"http://{_LOOPBACK}:{_free_port()}/redirect"
    sandbox = Sandbox(account, redirect_uris=(redirect_uri,))
    jupiterone = JupiterOneSandbox(polls_until_finished=0)
    with sandbox.serve() as url, jupiterone.serve() as jupiterone_url:
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
        yield SignedInDemo(read_settings(configured, home), account.owner.email, jupiterone)


def _make_empty(home: Path) -> None:
    """Make the folder, without what an earlier demo left in it. Anything else stays, and is refused."""
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
    """Start the redirect server, walk its pages and Zoom's as a person would, and wait until it has ended."""
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
        raise _failed(said.strip().partition("\n")[0])


def _click_through(sandbox: Sandbox, address: str) -> None:
    """Connect, Allow, done: the requests a browser would send. Raises OSError when a page does not come."""
    browser = build_opener(ProxyHandler({}), HTTPCookieProcessor())
    browser.open(address, timeout=_REQUEST_SECONDS).close()
    with browser.open(urljoin(address, "/install"), timeout=_REQUEST_SECONDS) as consent_page:
        back = sandbox.consent(consent_page.url)
    browser.open(back, timeout=_REQUEST_SECONDS).close()


def _failed(reason: str) -> CollectionFailed:
    return CollectionFailed(
        f"The demo could not sign in to its sandbox: {reason}.", NextStep("Run `{}` again.", Command("demo"))
    )


def _free_port() -> int:
    with socket.create_server((_LOOPBACK, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port

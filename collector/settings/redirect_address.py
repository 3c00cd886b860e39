"""The redirect server's address, taken from ZOOM_REDIRECT_URI, and the command that starts it.

It is a program beside the package and is never imported.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import collector
from collector.errors import UsageError

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
"""The names of this computer that are served, whichever of them the redirect URI has (RFC 8252 §7.3)."""

OWN_PATHS = frozenset(
    {"/", "/install", "/done", "/paste", "/status", "/health", "/refresh", "/revoke", "/forget", "/keep", "/discard"}
    | {"/favicon.ico"}
)

SERVER_NAME = "zoom-collector-auth"
"""What it calls itself at /health."""

_BESIDE = Path(collector.__file__).resolve().parent.parent
_CHECKOUT = _BESIDE / "oauth-server"
SERVER_FOLDER = _CHECKOUT if _CHECKOUT.is_dir() else _BESIDE / "redirect_server"
"""The program's folder: in a checkout of the project, else where it is installed."""

_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+/?")


@dataclass(frozen=True)
class Address:
    """The address of the redirect server. `host` is one of LOOPBACK_HOSTS, `path` that of the redirect URI."""

    redirect_uri: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, redirect_uri: str) -> Address:
        """The address in a redirect URI. Raises UsageError saying what is wrong with it."""
        try:
            parts = urlsplit(redirect_uri)
            name, port = parts.netloc.rpartition(":")[0], parts.port
        except ValueError:
            raise _unusable(redirect_uri, "it is not a web address") from None
        if parts.scheme != "http":
            raise _unusable(redirect_uri, "it must begin with http://, because this server answers on this computer")
        if name not in LOOPBACK_HOSTS:
            raise _unusable(redirect_uri, "its host must be localhost, 127.0.0.1 or [::1], followed by a port")
        if not port:
            raise _unusable(redirect_uri, "its port must be a number from 1 to 65535")
        if parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
            raise _unusable(redirect_uri, "it needs a plain path such as /redirect, without anything after it")
        if parts.path in OWN_PATHS:
            raise _unusable(redirect_uri, f"this server uses the path {parts.path} for something else")
        return cls(redirect_uri, name, port, parts.path)

    @property
    def authority(self) -> str:
        """Host and port as in the Host header of the browser that signs in."""
        return f"{self.host}:{self.port}"

    @property
    def home(self) -> str:
        """The address to open."""
        return f"http://{self.authority}/"

    @property
    def authorities(self) -> frozenset[str]:
        """Every accepted Host header; anything else may be another site's name for this computer (DNS rebinding)."""
        return frozenset(f"{host}:{self.port}" for host in LOOPBACK_HOSTS)

    @property
    def other_redirect_uri(self) -> str:
        """The same with the other name of this computer, to try when Zoom does not accept this one."""
        return self.at(host="127.0.0.1" if self.host == "localhost" else "localhost")

    def at(self, *, host: str | None = None, port: int | None = None) -> str:
        """The redirect URI with another host or port."""
        return f"http://{host or self.host}:{port or self.port}{self.path}"


def _unusable(redirect_uri: str, reason: str) -> UsageError:
    return UsageError(
        f"ZOOM_REDIRECT_URI cannot be used: {reason}. It is {redirect_uri!r}.",
        "Set it to http://localhost:5000/redirect or http://127.0.0.1:5000/redirect, and register the same "
        "address in the Zoom App Marketplace.",
    )


def server_command(*options: str) -> list[str]:
    """The command line that starts the server. Raises UsageError when it is not installed.

    Not `python -m redirect_server`, which would search the working folder first.
    """
    if not (SERVER_FOLDER / "__main__.py").is_file():
        raise UsageError(
            f"The sign-in page is missing: {SERVER_FOLDER}.",
            "Install the collector again: the sign-in page is part of it.",
        )
    return [sys.executable, str(SERVER_FOLDER), *options]

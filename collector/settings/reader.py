"""Where settings stand, and how a text becomes a value: addresses, credentials, switches, folders."""

from __future__ import annotations

import io
import os
import re
import shlex
import stat
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

from collector.errors import UsageError
from collector.private_files import read_file
from collector.redaction import Secret
from collector.settings.hosts import is_safe
from collector.settings.profile import DEFAULT_PROFILE

DEFAULT_RATE_SHARE = 0.8
_MAX_DOTENV_BYTES = 64 * 1024
_PROFILE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_PLACEHOLDER = re.compile(
    r"your[_ -]|<.*>|^\[.*\]$|^\$?\{.*\}$|^\$\w+$|\.{3}|…|^[\W_]+$|[_-]here$|^(?:change|replace)[_ -]?(?:me|this)"
    r"|^(?:xxx+|todo|tbd|placeholder)$",
    re.IGNORECASE,
)
"""What stands in examples, the "..." of the README included, and what a shell or a template did not fill in."""
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
"""A JSON Web Token, as Zoom's access tokens and those of its former JWT apps are (RFC 7519 §3)."""
_NO_CREDENTIAL = re.compile(r"[^\x21-\x7e]|['\"]")
"""Credentials travel in a header as visible ASCII (RFC 6750 §2.1); quotes are a slip of whoever pasted them."""
_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off", ""})

Choice = TypeVar("Choice", bound=Enum)


def read_dotenv(path: Path) -> dict[str, str]:
    """The names and values in a file, none without one. Raises UsageError when it cannot be read, or should not be."""
    try:
        content, status = read_file(path, _MAX_DOTENV_BYTES)
        _check_trusted(path, status)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read: {reason}.", "Fix the file or its permissions.") from None
    values = dotenv_values(stream=io.StringIO(text), interpolate=False)
    return {name: value for name, value in values.items() if value is not None}


def _check_trusted(path: Path, status: os.stat_result) -> None:
    """Raise UsageError for a file in which somebody else may have written.

    A Kubernetes Secret is root's, and where the umask is 002 the group may write.
    """
    if status.st_uid not in (0, os.geteuid()):
        raise UsageError(
            f"{path} belongs to another user, so it is not read: it would say where your secrets go.",
            f"Run the command as its owner; or, if you trust what it says, make it yours: sudo chown {os.geteuid()} "
            f"{shlex.quote(str(path))}",
        )
    if status.st_mode & stat.S_IWOTH:
        raise UsageError(
            f"Everybody on this computer may write to {path}, so it is not read.",
            f"Look at what it says, then: chmod o-w {shlex.quote(str(path))}",
        )


class Reader:
    """Looks names up and remembers what is wrong with their values; never repeats a value of a secret."""

    def __init__(self, environment: Mapping[str, str], dotenv: Mapping[str, str]) -> None:
        self._environment = environment
        self._dotenv = dotenv
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        value = self._environment.get(name, self._dotenv.get(name, "")).strip()
        return value or None

    def is_from_file(self, name: str) -> bool:
        """Whether what is said about this name is said in `.env`, and not in the environment, which wins."""
        return name not in self._environment and name in self._dotenv

    def credential(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and _PLACEHOLDER.search(value):
            self.problems.append(f"{name} still holds the placeholder text.")
            return None
        if value is not None and _NO_CREDENTIAL.search(value):
            self.problems.append(f"{name} holds blanks, quotes or characters outside ASCII; credentials have none.")
            return None
        return value

    def app_credential(self, name: str) -> str | None:
        """A credential of an app's page, which is no token."""
        value = self.credential(name)
        if value is not None and _TOKEN.fullmatch(value):
            self.problems.append(
                f"{name} holds a token (it begins with eyJ), not what the app's page shows under App Credentials; an "
                "access token belongs into ZOOM_ACCESS_TOKEN."
            )
            return None
        return value

    def app_secret(self, name: str) -> Secret | None:
        value = self.app_credential(name)
        return Secret(value) if value is not None else None

    def secret(self, name: str) -> Secret | None:
        value = self.credential(name)
        return Secret(value) if value is not None else None

    def address(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and not is_safe(value):
            self.problems.append(f"{name} must be an https address (plain http on this computer only), without query.")
            return None
        return value

    def base_address(self, name: str, paths: Sequence[str], domains: Sequence[str]) -> str | None:
        """An address that calls are made under, without a slash at its end.

        `paths`, which this program adds itself, are taken off; other ones belong to gateways, not to `domains`.
        """
        value = self.address(name)
        if value is None:
            return None
        base = value.rstrip("/")
        added = next((path for path in paths if base.lower().endswith(path)), "")
        base = base[: len(base) - len(added)].rstrip("/")
        parts = urlsplit(base)
        host = parts.hostname or ""
        if parts.path and any(host == domain or host.endswith(f".{domain}") for domain in domains):
            self.problems.append(f"{name} ends in {parts.path}: leave that out, it is to be https://{host} alone.")
            return None
        return base

    def folder(self, name: str, default: Callable[[], Path]) -> Path:
        """An absolute path. `default` may raise RuntimeError for a user without a home folder."""
        value = self.text(name)
        try:
            return (default() if value is None else Path(value).expanduser()).absolute()
        except RuntimeError:
            self.problems.append(
                f"{name} is not set, and this user has no home folder."
                if value is None
                else f"{name} begins with ~ and a user this computer does not know."
            )
            return Path.cwd()

    def check_file(self, name: str) -> None:
        """Of a file that the environment, never `.env`, names for a library, whether it is there."""
        value = self._environment.get(name)
        if value and not os.path.exists(value):  # which a folder that may not be entered does not make fail
            self.problems.append(f"{name} in the environment names {value}, which does not exist or is not readable.")
        elif value and not (os.path.isfile(value) or os.path.isdir(value)):  # reading a pipe might never end
            self.problems.append(f"{name} in the environment names {value}, which is neither a file nor a folder.")

    def boolean(self, name: str) -> bool:
        value = (self.text(name) or "").lower()
        if value not in _TRUE | _FALSE:
            self.problems.append(f"{name} must be true or false, not {value!r}.")
        return value in _TRUE

    def share(self, name: str) -> float:
        value = self.text(name)
        if value is None:
            return DEFAULT_RATE_SHARE
        try:
            share = float(value)
        except ValueError:
            share = 0.0
        if not 0.01 <= share <= 1:
            self.problems.append(f"{name} must be a number from 0.01 to 1, not {value!r}.")
            return DEFAULT_RATE_SHARE
        return share

    def choice(
        self, name: str, choices: type[Choice], others: Mapping[str, Choice] = MappingProxyType({})
    ) -> Choice | None:
        """One of the values of an enumeration of texts, in any case, or of `others` that mean the same."""
        value = self.text(name)
        if value is None:
            return None
        if value.lower() in others:
            return others[value.lower()]
        for choice in choices:
            if str(choice.value).lower() == value.lower():
                return choice
        named = ", ".join(str(choice.value) for choice in choices)
        self.problems.append(f"{name} must be one of {named}, not {value!r}.")
        return None

    def profile(self, name: str, option: str | None) -> str:
        value = option if option is not None else self.text(name) or DEFAULT_PROFILE
        if not _PROFILE.fullmatch(value):
            source = "--profile" if option is not None else name
            self.problems.append(
                f"{source} must be 1 to 32 small letters, digits, '-' or '_', beginning with a letter or digit."
            )
            return DEFAULT_PROFILE
        return value

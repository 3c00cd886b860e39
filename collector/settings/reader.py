"""Reads settings from the environment and `.env` and parses their values."""

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
"""Values copied from examples, such as "..." in the README, and what a shell or a template did not fill in."""
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
"""A JSON Web Token, as Zoom's access tokens and those of its former JWT apps are (RFC 7519 §3)."""
_NO_CREDENTIAL = re.compile(r"[^\x21-\x7e]|['\"]")
"""Credentials travel in a header as visible ASCII (RFC 6750 §2.1); quotes were pasted by mistake."""
_ANY_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_BETWEEN_ADDRESSES = re.compile(r"[\s,;]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")
"""As Apprise separates them: an address may have commas itself."""
_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off", ""})

Choice = TypeVar("Choice", bound=Enum)


def read_dotenv(path: Path) -> dict[str, str]:
    """The names and values in a file; empty without one. Raises UsageError when it cannot or must not be read."""
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
    """Raise UsageError for a file that another user may have written.

    Root is accepted (a Kubernetes Secret is root's), and so is a group-writable file (umask 002).
    """
    if status.st_uid not in (0, os.geteuid()):
        raise UsageError(
            f"{path} belongs to another user, so it is not read: it could redirect your secrets.",
            f"Run the command as its owner; or, if you trust its content, make it yours: sudo chown {os.geteuid()} "
            f"{shlex.quote(str(path))}",
        )
    if status.st_mode & stat.S_IWOTH:
        raise UsageError(
            f"{path} is writable by every user of this computer, so it is not read.",
            f"Check its content, then: chmod o-w {shlex.quote(str(path))}",
        )


class Reader:
    """Looks up settings and collects the problems of their values; never repeats the value of a secret."""

    def __init__(self, environment: Mapping[str, str], dotenv: Mapping[str, str]) -> None:
        self._environment = environment
        self._dotenv = dotenv
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        value = self._environment.get(name, self._dotenv.get(name, "")).strip()
        return value or None

    def is_from_file(self, name: str) -> bool:
        """Whether the value comes from `.env`, not from the environment, which wins."""
        return name not in self._environment and name in self._dotenv

    def credential(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and _PLACEHOLDER.search(value):
            self.problems.append(f"{name} still holds the placeholder text.")
            return None
        if value is not None and _NO_CREDENTIAL.search(value):
            self.problems.append(f"{name} contains spaces, quotes or non-ASCII characters; credentials have none.")
            return None
        return value

    def app_credential(self, name: str) -> str | None:
        """A credential from the app's page; a token is refused."""
        value = self.credential(name)
        if value is not None and _TOKEN.fullmatch(value):
            self.problems.append(
                f"{name} holds a token (it begins with eyJ), not what the app's page shows under App Credentials; an "
                "access token belongs in ZOOM_ACCESS_TOKEN."
            )
            return None
        return value

    def app_secret(self, name: str) -> Secret | None:
        value = self.app_credential(name)
        return Secret(value) if value is not None else None

    def secret(self, name: str) -> Secret | None:
        value = self.credential(name)
        return Secret(value) if value is not None else None

    def secret_addresses(self, name: str) -> tuple[Secret, ...]:
        """Addresses with secrets in them, of any scheme, separated by commas or spaces."""
        given = (self.text(name) or "").strip(" ,;")
        found = _BETWEEN_ADDRESSES.split(given) if given else []
        for position, text in enumerate(found, start=1):
            if not _ANY_ADDRESS.fullmatch(text):
                self.problems.append(
                    f"{name}: address {position} of {len(found)} must begin with a scheme such as mailto:// and have "
                    "no spaces."
                )
        return tuple(map(Secret, found))

    def address(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and not is_safe(value):
            self.problems.append(f"{name} must be an https address (plain http on this computer only), without query.")
            return None
        return value

    def base_address(self, name: str, paths: Sequence[str], domains: Sequence[str]) -> str | None:
        """A base address, without a trailing slash.

        `paths`, which this program adds itself, are removed; other paths are allowed for gateways, not for `domains`.
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
            self.problems.append(f"{name} ends in {parts.path}: remove that, so that it is https://{host}.")
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
                else f"{name} begins with ~ and a user name that does not exist on this computer."
            )
            return Path.cwd()

    def check_file(self, name: str) -> None:
        """Check that a file exists which the environment (not `.env`) names for a library."""
        value = self._environment.get(name)
        if value and not os.path.exists(value):  # False, not an error, below an unreadable folder
            self.problems.append(f"{name} in the environment names {value}, which does not exist or is not readable.")
        elif value and not (os.path.isfile(value) or os.path.isdir(value)):  # reading a pipe may block forever
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
        """A value of the enumeration, in upper or lower case, or one of the synonyms `others`."""
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
                f"{source} must be 1 to 32 lower-case letters, digits, '-' or '_', beginning with a letter or digit."
            )
            return DEFAULT_PROFILE
        return value

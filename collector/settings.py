"""The configuration: the environment and `./.env`, read once, every problem reported at once.

The real environment wins over `./.env`; no parent folder's `.env` is ever read, and the program never writes one.
The names are explained in `.env.example`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from platformdirs import user_data_path

from collector.errors import UsageError
from collector.redaction import Secret
from collector.zoom.hosts import is_safe, zoom_cloud
from collector.zoom.pacing import Plan

DEFAULT_OAUTH_URL = "https://zoom.us"
DEFAULT_PROFILE = "default"
DEFAULT_REDIRECT_URI = "http://localhost:5000/redirect"
DEFAULT_RATE_SHARE = 0.8
_PROFILE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_PLACEHOLDER = re.compile(r"your[_ -]|<.*>|^changeme$|^xxx+$", re.IGNORECASE)
_NO_CREDENTIAL = re.compile(r"[^\x21-\x7e]|['\"]")
"""Credentials travel in a header as visible ASCII (RFC 6750 §2.1); quotes are a slip of whoever pasted them."""
_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off", ""})

ZOOM_NAMES = (
    "ZOOM_CLIENT_ID",
    "ZOOM_CLIENT_SECRET",
    "ZOOM_ACCOUNT_ID",
    "ZOOM_REDIRECT_URI",
    "ZOOM_ACCESS_TOKEN",
    "ZOOM_PLAN",
    "ZOOM_RATE_SHARE",
    "ZOOM_OAUTH_URL",
    "ZOOM_API_URL",
    "ZOOM_PROFILE",
    "ZOOM_HOME",
)
OTHER_NAMES = ("ACCOUNT_NAME", "TAG_WITH_ACCOUNT_NAME")
NAMES = ZOOM_NAMES + OTHER_NAMES
"""Every name that is read; `.env.example` and the documentation list the same."""


@dataclass(frozen=True)
class Settings:
    """What a run is configured with.

    Without `account_id` people sign in with the browser; then a missing `client_secret` means a public client.
    `api_url` is `None` when the token answer or the cloud decides. `rate_share`: above 0, at most 1. `home` holds a
    folder per profile. `account_name` is `None` unless entities are to be tagged with it or it was given.
    """

    client_id: str | None
    client_secret: Secret | None
    account_id: str | None
    redirect_uri: str
    access_token: Secret | None
    plan: Plan
    plan_given: bool
    rate_share: float
    oauth_url: str
    api_url: str | None
    profile: str
    home: Path
    account_name: str | None
    tag_with_account_name: bool

    @property
    def profile_folder(self) -> Path:
        """The folder of token and store."""
        return self.home / self.profile

    @property
    def tags(self) -> dict[str, str]:
        """What is added to every entity: `tag.AccountName`, if asked for."""
        if self.tag_with_account_name and self.account_name:
            return {"tag.AccountName": self.account_name}
        return {}


def read_settings(environment: Mapping[str, str], folder: Path, profile: str | None = None) -> Settings:
    """The settings of the environment over those of `folder/.env`; `profile` (an option) wins over ZOOM_PROFILE.

    Raises UsageError naming every problem.
    """
    reader = _Reader(environment, _dotenv(folder / ".env"))
    settings = _collect(reader, profile)
    if reader.problems:
        raise UsageError(
            "The configuration has problems:\n" + "\n".join(f"  - {problem}" for problem in reader.problems),
            f"Correct them in the environment or in {folder / '.env'}; .env.example explains each name.",
        )
    return settings


def _dotenv(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read: {reason}.", "Mend the file or its permissions.") from None
    values = dotenv_values(stream=io.StringIO(text), interpolate=False)
    return {name: value for name, value in values.items() if value is not None}


class _Reader:
    """Looks names up and remembers what is wrong with their values; never repeats a value of a secret."""

    def __init__(self, environment: Mapping[str, str], dotenv: Mapping[str, str]) -> None:
        self._environment = environment
        self._dotenv = dotenv
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        value = self._environment.get(name, self._dotenv.get(name, "")).strip()
        return value or None

    def credential(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and _PLACEHOLDER.search(value):
            self.problems.append(f"{name} still holds the placeholder text.")
            return None
        if value is not None and _NO_CREDENTIAL.search(value):
            self.problems.append(f"{name} holds blanks, quotes or characters outside ASCII; credentials have none.")
            return None
        return value

    def secret(self, name: str) -> Secret | None:
        value = self.credential(name)
        return Secret(value) if value is not None else None

    def address(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and not is_safe(value):
            self.problems.append(f"{name} must be an https address (plain http on this computer only), without query.")
            return None
        return value

    def base_address(self, name: str) -> str | None:
        value = self.address(name)
        return value.rstrip("/").removesuffix("/v2") if value is not None else None

    def folder(self, name: str) -> Path | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            return Path(value).expanduser().absolute()
        except RuntimeError:
            self.problems.append(f"{name} begins with ~ and a user this computer does not know.")
            return None

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

    def plan(self, name: str) -> Plan | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            return Plan(value.lower())
        except ValueError:
            self.problems.append(f"{name} must be one of {', '.join(plan.value for plan in Plan)}, not {value!r}.")
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


def _collect(reader: _Reader, profile: str | None) -> Settings:
    plan = reader.plan("ZOOM_PLAN")
    settings = Settings(
        client_id=reader.credential("ZOOM_CLIENT_ID"),
        client_secret=reader.secret("ZOOM_CLIENT_SECRET"),
        account_id=reader.credential("ZOOM_ACCOUNT_ID"),
        redirect_uri=reader.address("ZOOM_REDIRECT_URI") or DEFAULT_REDIRECT_URI,
        access_token=reader.secret("ZOOM_ACCESS_TOKEN"),
        plan=plan or Plan.PRO,
        plan_given=plan is not None,
        rate_share=reader.share("ZOOM_RATE_SHARE"),
        oauth_url=reader.base_address("ZOOM_OAUTH_URL") or DEFAULT_OAUTH_URL,
        api_url=reader.base_address("ZOOM_API_URL"),
        profile=reader.profile("ZOOM_PROFILE", profile),
        home=reader.folder("ZOOM_HOME") or user_data_path("zoom-collector", appauthor=False).absolute(),
        account_name=reader.text("ACCOUNT_NAME"),
        tag_with_account_name=reader.boolean("TAG_WITH_ACCOUNT_NAME"),
    )
    _check_together(settings, reader)
    return settings


def _check_together(settings: Settings, reader: _Reader) -> None:
    """What one setting asks of another; what is there but wrong has been told already."""
    problems = reader.problems
    if settings.tag_with_account_name and not settings.account_name:
        problems.append("TAG_WITH_ACCOUNT_NAME is set, but ACCOUNT_NAME is not: there is no name to tag with.")
    if zoom_cloud(settings.oauth_url) is None and reader.text("ZOOM_API_URL") is None:
        problems.append("ZOOM_OAUTH_URL is not Zoom's own, so ZOOM_API_URL must say where the API is.")
    if settings.account_id and not settings.access_token:
        for name in ("ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"):
            if reader.text(name) is None:
                problems.append(f"ZOOM_ACCOUNT_ID is set (Server-to-Server), so {name} is needed too.")

"""The configuration: the environment and `./.env`, read once, every problem reported at once.

The real environment wins over `./.env`; no parent folder's `.env` is ever read, and the program never writes one.
The names are explained in `.env.example`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from platformdirs import user_data_path

from collector.errors import UsageError
from collector.model.older_integration import DataModel
from collector.redaction import Secret
from collector.settings.choices import PollingInterval, ZoomPlan
from collector.settings.dotenv_trust import check_addresses, check_alert_addresses
from collector.settings.hosts import zoom_cloud
from collector.settings.jupiterone import JUPITERONE_NAMES, JupiterOneSettings, read_jupiterone
from collector.settings.profile import Profile
from collector.settings.reader import Reader, read_dotenv
from collector.settings.unknown_names import unknown_names_warning

DEFAULT_OAUTH_URL = "https://zoom.us"
DEFAULT_REDIRECT_URI = "http://localhost:5000/redirect"

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
OTHER_NAMES = ("ACCOUNT_NAME", "TAG_WITH_ACCOUNT_NAME", "DATA_MODEL", "POLLING_INTERVAL", "ALERT_URLS")
_ZOOM = ("zoom.us", "zoomgov.com")
_OAUTH_PATHS = ("/oauth/token", "/oauth/authorize", "/oauth/revoke", "/oauth")
_API_PATHS = ("/v2",)
_OTHER_PLANS = dict.fromkeys(("enterprise", "education", "partner"), ZoomPlan.BUSINESS)
"""Plans with the limits of Business (Zoom developer docs, rate limits)."""
NAMES = ZOOM_NAMES + JUPITERONE_NAMES + OTHER_NAMES
"""The names of all settings; `.env.example` and the documentation list the same."""
SECRET_NAMES = ("ZOOM_CLIENT_SECRET", "ZOOM_ACCESS_TOKEN", "JUPITERONE_API_KEY", "ALERT_URLS")


@dataclass(frozen=True)
class Settings:
    """What a run is configured with.

    Without `account_id` a person signs in with the browser; a missing `client_secret` then means a public client.
    `api_url` is `None` when Zoom's answer or the cloud decides. `rate_share`: above 0, at most 1. `account_name` is
    `None` unless entities are to be tagged with it or it was given. `data_model`: the form in which the graph leaves.
    `polling_interval` is how often `collector run
    --poll` runs. `alert_urls`: where alerts are sent. `warning`: a sentence about unknown settings, "" without any.
    """

    client_id: str | None
    client_secret: Secret | None
    account_id: str | None
    redirect_uri: str
    access_token: Secret | None
    plan: ZoomPlan
    plan_is_set: bool
    rate_share: float
    oauth_url: str
    api_url: str | None
    profile: Profile
    account_name: str | None
    tag_with_account_name: bool
    data_model: DataModel
    polling_interval: PollingInterval
    jupiterone: JupiterOneSettings
    alert_urls: tuple[Secret, ...] = ()
    warning: str = ""

    @property
    def tags(self) -> dict[str, str]:
        """The tags added to every entity: `tag.AccountName`, if configured."""
        if self.tag_with_account_name and self.account_name:
            return {"tag.AccountName": self.account_name}
        return {}


def read_settings(environment: Mapping[str, str], folder: Path, profile: str | None = None) -> Settings:
    """The settings of the environment over those of `folder/.env`; `profile` (an option) wins over ZOOM_PROFILE.

    Raises UsageError naming every problem.
    """
    dotenv = read_dotenv(folder / ".env")
    reader = Reader(environment, dotenv)
    settings = _collect(reader, profile)
    if reader.problems:
        raise _wrong(reader.problems, folder / ".env")
    return replace(settings, warning=unknown_names_warning(dotenv, NAMES, str(folder / ".env")))


def _wrong(problems: Sequence[str], file: Path) -> UsageError:
    """Every problem, and where to fix it: the option or the configuration."""
    of_options = [problem for problem in problems if problem.startswith("--")]
    if problems == of_options:
        return UsageError("\n".join(problems), "Give another name after --profile.")
    rest = "the others" if of_options else "them"
    option = "Give another name after --profile. " if of_options else ""
    return UsageError(
        "The configuration has problems:\n" + "\n".join(f"  - {problem}" for problem in problems),
        f"{option}Correct {rest} in the environment or in {file}; .env.example explains each name.",
    )


def _collect(reader: Reader, profile: str | None) -> Settings:
    plan = reader.choice("ZOOM_PLAN", ZoomPlan, _OTHER_PLANS)
    settings = Settings(
        client_id=reader.app_credential("ZOOM_CLIENT_ID"),
        client_secret=reader.app_secret("ZOOM_CLIENT_SECRET"),
        account_id=reader.app_credential("ZOOM_ACCOUNT_ID"),
        redirect_uri=reader.address("ZOOM_REDIRECT_URI") or DEFAULT_REDIRECT_URI,
        access_token=reader.secret("ZOOM_ACCESS_TOKEN"),
        plan=plan or ZoomPlan.PRO,
        plan_is_set=plan is not None,
        rate_share=reader.share("ZOOM_RATE_SHARE"),
        oauth_url=reader.base_address("ZOOM_OAUTH_URL", _OAUTH_PATHS, _ZOOM) or DEFAULT_OAUTH_URL,
        api_url=reader.base_address("ZOOM_API_URL", _API_PATHS, _ZOOM),
        profile=_profile(reader, profile),
        account_name=reader.text("ACCOUNT_NAME"),
        tag_with_account_name=reader.boolean("TAG_WITH_ACCOUNT_NAME"),
        data_model=reader.choice("DATA_MODEL", DataModel) or DataModel.CURRENT,
        polling_interval=reader.choice("POLLING_INTERVAL", PollingInterval) or PollingInterval.DISABLED,
        jupiterone=read_jupiterone(reader),
        alert_urls=reader.secret_addresses("ALERT_URLS"),
    )
    _check_app(settings, reader)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        reader.check_file(name)
    _check_combinations(settings, reader)
    check_addresses(reader)
    check_alert_addresses(reader)
    return settings


def _profile(reader: Reader, option: str | None) -> Profile:
    name = reader.profile("ZOOM_PROFILE", option)
    home = reader.folder("ZOOM_HOME", lambda: user_data_path("zoom-collector", appauthor=False))
    return Profile(name, home / name)


def _check_app(settings: Settings, reader: Reader) -> None:
    """Check for credentials of the app put under the wrong name."""
    secret = settings.client_secret.reveal() if settings.client_secret else None
    for one, other, value in (
        ("ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", secret),
        ("ZOOM_CLIENT_ID", "ZOOM_ACCOUNT_ID", settings.account_id),
    ):
        if settings.client_id is not None and settings.client_id == value:
            reader.problems.append(
                f"{one} and {other} have the same value; they are two different values on the app's page."
            )


def _check_combinations(settings: Settings, reader: Reader) -> None:
    """Check settings that require each other; invalid values have been reported already."""
    problems = reader.problems
    if settings.tag_with_account_name and not settings.account_name:
        problems.append("TAG_WITH_ACCOUNT_NAME is true, but ACCOUNT_NAME is not set.")
    if zoom_cloud(settings.oauth_url) is None and reader.text("ZOOM_API_URL") is None:
        problems.append("ZOOM_OAUTH_URL is not Zoom's own, so ZOOM_API_URL must say where the API is.")
    if settings.account_id and not settings.access_token:
        for name in ("ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"):
            if reader.text(name) is None:
                problems.append(f"ZOOM_ACCOUNT_ID is set (Server-to-Server), so {name} is needed too.")

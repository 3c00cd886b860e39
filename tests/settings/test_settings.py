"""The configuration: every setting, where it may be set, and all problems reported at once."""

from __future__ import annotations

import dataclasses
import errno
import os
from pathlib import Path

import pytest
from platformdirs import user_data_path

from collector.errors import ExitCode, UsageError
from collector.model.older_integration import DataModel
from collector.redaction import Secret
from collector.settings import NAMES, Settings, read_settings
from collector.settings.choices import PollingInterval, ZoomPlan
from collector.settings.jupiterone import JupiterOneSettings
from collector.settings.profile import Profile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The working directory; the one above holds an `.env` nobody may read."""
    (tmp_path / ".env").write_text("ZOOM_PROFILE=parent\nZOOM_PLAN=nonsense\n")
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def read(folder: Path):
    """The settings of an environment; `dotenv` is the content of `./.env`."""

    def reading(
        environment: dict[str, str] | None = None, *, dotenv: str | bytes = "", profile: str | None = None
    ) -> Settings:
        content = dotenv.encode() if isinstance(dotenv, str) else dotenv
        (folder / ".env").write_bytes(content)
        return read_settings(environment or {}, folder, profile)

    return reading


@pytest.fixture
def problems(read):
    """The problems of a configuration, one a line."""

    def reading(environment: dict[str, str] | None = None, **keywords: str) -> list[str]:
        with pytest.raises(UsageError) as raised:
            read(environment, **keywords)
        assert raised.value.exit_code is ExitCode.USAGE
        heading, *lines = raised.value.message.splitlines()
        assert heading == "The configuration has problems:"
        return [line.removeprefix("  - ") for line in lines]

    return reading


def test_without_any_configuration(read):
    assert read() == Settings(
        client_id=None,
        client_secret=None,
        account_id=None,
        redirect_uri="http://localhost:5000/redirect",
        access_token=None,
        plan=ZoomPlan.PRO,
        plan_is_set=False,
        rate_share=0.8,
        oauth_url="https://zoom.us",
        api_url=None,
        profile=Profile("default", user_data_path("zoom-collector", appauthor=False) / "default"),
        account_name=None,
        tag_with_account_name=False,
        data_model=DataModel.CURRENT,
        polling_interval=PollingInterval.DISABLED,
        jupiterone=JupiterOneSettings(
            account=None,
            api_key=None,
            instance_id=None,
            api_url="https://api.us.jupiterone.io",
            graphql_url="https://graphql.us.jupiterone.io",
        ),
    )


EVERYTHING = {
    "ZOOM_CLIENT_ID": "client-id",
    "ZOOM_CLIENT_SECRET": "client-secret",
    "ZOOM_ACCOUNT_ID": "account-id",
    "ZOOM_REDIRECT_URI": "https://tunnel.example/redirect/",
    "ZOOM_ACCESS_TOKEN": "access-token",
    "ZOOM_PLAN": "Business",
    "ZOOM_RATE_SHARE": "0.5",
    "ZOOM_OAUTH_URL": "https://zoomgov.com/",
    "ZOOM_API_URL": "http://127.0.0.1:5001/",
    "ZOOM_PROFILE": "acme-2",
    "ZOOM_HOME": "/var/lib/zoom",
    "ACCOUNT_NAME": "Acme, Inc.",
    "TAG_WITH_ACCOUNT_NAME": "true",
    "DATA_MODEL": "Legacy",
    "POLLING_INTERVAL": "four_hours",
    "JUPITERONE_ACCOUNT": "j1dev",
    "JUPITERONE_API_KEY": "api-key",
    "JUPITERONE_INTEGRATION_INSTANCE_ID": "5f7a1c9e",
    "JUPITERONE_API_BASE_URL": "https://api.eu.jupiterone.io/",
    "JUPITERONE_GRAPHQL_URL": "https://graphql.dev.jupiterone.io",
    "ALERT_URLS": "slack://a/b/c, mailto://u:p@example.com?to=x@example.com,y@example.com json://host/",
}
EVERY_SETTING = Settings(
    client_id="client-id",
    client_secret=Secret("client-secret"),
    account_id="account-id",
    redirect_uri="https://tunnel.example/redirect/",
    access_token=Secret("access-token"),
    plan=ZoomPlan.BUSINESS,
    plan_is_set=True,
    rate_share=0.5,
    oauth_url="https://zoomgov.com",
    api_url="http://127.0.0.1:5001",
    profile=Profile("acme-2", Path("/var/lib/zoom/acme-2")),
    account_name="Acme, Inc.",
    tag_with_account_name=True,
    data_model=DataModel.LEGACY,
    polling_interval=PollingInterval.FOUR_HOURS,
    jupiterone=JupiterOneSettings(
        account="j1dev",
        api_key=Secret("api-key"),
        instance_id="5f7a1c9e",
        api_url="https://api.eu.jupiterone.io",
        graphql_url="https://graphql.dev.jupiterone.io",
    ),
    alert_urls=(
        Secret("slack://a/b/c"),
        Secret("mailto://u:p@example.com?to=x@example.com,y@example.com"),
        Secret("json://host/"),
    ),
)


def test_every_setting_from_the_environment(read):
    assert read(EVERYTHING) == EVERY_SETTING
    assert set(EVERYTHING) == set(NAMES)


def test_every_setting_from_the_file(read):
    assert read(dotenv="".join(f'{name}="{value}"\n' for name, value in EVERYTHING.items())) == EVERY_SETTING


def test_names_nobody_knows_are_left_alone(read):
    assert read({"ZOOM_TYPO": "x", "PATH": "/bin"}, dotenv="SOMETHING=else\n") == read()


# The file


def test_the_environment_wins_over_the_file(read):
    settings = read({"ZOOM_PLAN": "free"}, dotenv="ZOOM_PLAN=business\nZOOM_PROFILE=acme\n")
    assert (settings.plan, settings.profile.name) == (ZoomPlan.FREE, "acme")


def test_an_empty_environment_variable_wins_too(read):
    assert read({"ZOOM_PROFILE": ""}, dotenv="ZOOM_PROFILE=acme\n").profile.name == "default"


def test_no_parents_file_is_read(folder):
    assert read_settings({}, folder).profile.name == "default"


@pytest.mark.parametrize(
    "dotenv",
    [
        "ZOOM_CLIENT_ID=abc\nZOOM_PROFILE=acme\n",
        "ZOOM_CLIENT_ID=abc\r\nZOOM_PROFILE=acme\r\n",
        "\ufeffZOOM_CLIENT_ID=abc\nZOOM_PROFILE=acme",
        "\ufeffZOOM_CLIENT_ID=abc\r\nZOOM_PROFILE=acme\r\n",
        "ZOOM_CLIENT_ID='abc'\nZOOM_PROFILE=\"acme\"\n",
        "export ZOOM_CLIENT_ID=abc\nexport ZOOM_PROFILE=acme\n",
        "ZOOM_CLIENT_ID = abc  # from the Marketplace\nZOOM_PROFILE =acme\n",
        "# a comment\n\nZOOM_CLIENT_ID=abc   \nZOOM_PROFILE=\tacme\n",
        "ZOOM_CLIENT_ID=first\nZOOM_CLIENT_ID=abc\nZOOM_PROFILE=acme\nZOOM_PLAN\n",
    ],
    ids=repr,
)
def test_the_file_however_it_was_saved(read, dotenv):
    settings = read(dotenv=dotenv)
    assert (settings.client_id, settings.profile.name) == ("abc", "acme")


def test_values_are_taken_literally(read):
    settings = read({"HOME": "/root"}, dotenv="ACCOUNT_NAME=${HOME} $HOME ~\n")
    assert settings.account_name == "${HOME} $HOME ~"


def test_names_in_any_language(read):
    assert read(dotenv="ACCOUNT_NAME=Größe & Söhne 株式会社\n").account_name == "Größe & Söhne 株式会社"


def test_a_file_that_is_no_text(read, folder):
    with pytest.raises(UsageError) as raised:
        read(dotenv=b"ZOOM_PROFILE=\xff\xfe\n")
    assert raised.value.message == f"{folder / '.env'} cannot be read: it is not UTF-8 text."


def test_a_file_that_may_not_be_read(folder, monkeypatch):
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("collector.private_files.os.open", refuse)
    with pytest.raises(UsageError) as raised:
        read_settings({}, folder)
    assert raised.value.message == f"{folder / '.env'} cannot be read: Permission denied."


def test_a_folder_in_place_of_the_file(folder):
    (folder / ".env").mkdir()
    with pytest.raises(UsageError) as raised:
        read_settings({}, folder)
    assert raised.value.message == f"{folder / '.env'} cannot be read: Is a directory."
    assert raised.value.next_step == "Fix the file or its permissions."


# Problems


def test_all_problems_are_reported_at_once(problems):
    assert problems(
        {
            "ZOOM_CLIENT_ID": "your_client_id",
            "ZOOM_CLIENT_SECRET": "two words",
            "ZOOM_ACCOUNT_ID": "account-id",
            "ZOOM_REDIRECT_URI": "http://intranet/redirect",
            "ZOOM_PLAN": "gold",
            "ZOOM_RATE_SHARE": "80%",
            "ZOOM_OAUTH_URL": "http://zoom.us",
            "ZOOM_API_URL": "api.zoom.us",
            "ZOOM_PROFILE": "../../etc",
            "TAG_WITH_ACCOUNT_NAME": "maybe",
        }
    ) == [
        "ZOOM_PLAN must be one of free, pro, business, unlimited, not 'gold'.",
        "ZOOM_CLIENT_ID still holds the placeholder text.",
        "ZOOM_CLIENT_SECRET contains spaces, quotes or non-ASCII characters; credentials have none.",
        "ZOOM_REDIRECT_URI must be an https address (plain http on this computer only), without query.",
        "ZOOM_RATE_SHARE must be a number from 0.01 to 1, not '80%'.",
        "ZOOM_OAUTH_URL must be an https address (plain http on this computer only), without query.",
        "ZOOM_API_URL must be an https address (plain http on this computer only), without query.",
        "ZOOM_PROFILE must be 1 to 32 lower-case letters, digits, '-' or '_', beginning with a letter or digit.",
        "TAG_WITH_ACCOUNT_NAME must be true or false, not 'maybe'.",
    ]


def test_what_is_there_but_wrong_is_not_called_missing(problems):
    assert problems(
        {"ZOOM_ACCOUNT_ID": "account-id", "ZOOM_CLIENT_ID": "your_client_id", "ZOOM_CLIENT_SECRET": "two words"}
    ) == [
        "ZOOM_CLIENT_ID still holds the placeholder text.",
        "ZOOM_CLIENT_SECRET contains spaces, quotes or non-ASCII characters; credentials have none.",
    ]
    assert problems({"ZOOM_OAUTH_URL": "http://127.0.0.1:5001", "ZOOM_API_URL": "127.0.0.1"}) == [
        "ZOOM_API_URL must be an https address (plain http on this computer only), without query."
    ]


def test_the_next_step_names_the_file(read, folder):
    with pytest.raises(UsageError) as raised:
        read({"ZOOM_PLAN": "gold"})
    assert raised.value.next_step == (
        f"Correct them in the environment or in {folder / '.env'}; .env.example explains each name."
    )


def test_the_next_step_names_the_option_that_is_wrong(read, folder):
    with pytest.raises(UsageError) as raised:
        read({}, profile="Bad")
    assert raised.value.message.startswith("--profile must be 1 to 32 lower-case letters")
    assert raised.value.next_step == "Give another name after --profile."
    with pytest.raises(UsageError) as raised:
        read({"ZOOM_PLAN": "gold"}, profile="Bad")
    assert raised.value.message.count("\n  - ") == 2
    assert raised.value.next_step == (
        "Give another name after --profile. Correct the others in the environment or in "
        f"{folder / '.env'}; .env.example explains each name."
    )


@pytest.mark.parametrize("name", ["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID", "ZOOM_ACCESS_TOKEN"])
class TestCredentials:
    @pytest.mark.parametrize(
        "value",
        [
            "your_client_id",
            "YOUR-SECRET",
            "<paste here>",
            "changeme",
            "change-me",
            "replace_me",
            "xxx",
            "...",
            "abc...",
            "…",
            "***",
            "TODO",
            "client_id_here",
            "${CLIENT_ID}",
            "$CLIENT_ID",
            "{{ client_id }}",
            "[client id]",
        ],
    )
    def test_placeholders(self, problems, name, value):
        assert f"{name} still holds the placeholder text." in problems({name: value})

    @pytest.mark.parametrize(
        "value",
        [
            "CANARY secret",
            "'CANARY'",
            'CANARY"',
            "CANARY\nsecret",
            "CANARY\x00",
            "CANARY\x7f",
            "CANARY\u200bsecret",
            "CANARY\u00a0secret",
            "“CANARY”",
            "CANARÝ",
        ],
        ids=ascii,
    )
    def test_what_cannot_travel_in_a_header(self, problems, name, value):
        reported = problems({name: value})
        assert f"{name} contains spaces, quotes or non-ASCII characters; credentials have none." in reported
        assert "CANAR" not in "".join(reported)

    @pytest.mark.parametrize(
        "value", ["aBcD3_fGhI-kLmNoPqRsTu", "K9x.Yz0", "client", "secret", "$2y$12$abc", "whatever"]
    )
    def test_what_may_be_one(self, read, name, value):
        others = {"ZOOM_CLIENT_ID": "id", "ZOOM_CLIENT_SECRET": "hush"}
        assert read({**others, name: value})

    def test_blanks_around_it_do_not_count(self, read, name):
        given = {"ZOOM_CLIENT_ID": "id", "ZOOM_CLIENT_SECRET": "secret"}
        assert read({**given, name: "  abc\t\n"}) == read({**given, name: "abc"})


@pytest.mark.parametrize("name", ["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID"])
@pytest.mark.parametrize("token", ["eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJDQU5BUlkifQ.CANARY", "eyJzdiI.eyJ2ZXIi."])
def test_a_token_in_the_place_of_what_the_apps_page_shows(problems, name, token):
    reported = problems({"ZOOM_CLIENT_ID": "id", "ZOOM_CLIENT_SECRET": "secret", name: token})
    assert reported == [
        f"{name} holds a token (it begins with eyJ), not what the app's page shows under App Credentials; an access "
        "token belongs in ZOOM_ACCESS_TOKEN."
    ]


@pytest.mark.parametrize("other", ["ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID"])
def test_one_thing_copied_twice(problems, other):
    given = {"ZOOM_CLIENT_ID": "CANARY", "ZOOM_CLIENT_SECRET": "secret", "ZOOM_ACCOUNT_ID": "account", other: "CANARY"}
    assert problems(given) == [
        f"ZOOM_CLIENT_ID and {other} have the same value; they are two different values on the app's page."
    ]


@pytest.mark.parametrize(
    ("name", "given", "used"),
    [
        ("ZOOM_OAUTH_URL", "https://zoom.us/oauth", "https://zoom.us"),
        ("ZOOM_OAUTH_URL", "https://zoom.us/oauth/", "https://zoom.us"),
        ("ZOOM_OAUTH_URL", "https://zoom.us/oauth/token", "https://zoom.us"),
        ("ZOOM_OAUTH_URL", "https://ZoomGov.com/OAuth/Authorize", "https://ZoomGov.com"),
        ("ZOOM_OAUTH_URL", "http://127.0.0.1:5001/oauth/revoke", "http://127.0.0.1:5001"),
        ("ZOOM_OAUTH_URL", "https://gateway.example/zoom/oauth/token", "https://gateway.example/zoom"),
        ("ZOOM_OAUTH_URL", "https://gateway.example/zoom", "https://gateway.example/zoom"),
        ("ZOOM_OAUTH_URL", "https://gateway.example/myoauth", "https://gateway.example/myoauth"),
        ("ZOOM_API_URL", "https://api.zoom.us/v2", "https://api.zoom.us"),
        ("ZOOM_API_URL", "https://api.zoom.us/V2/", "https://api.zoom.us"),
        ("ZOOM_API_URL", "https://gateway.example/zoom/v2", "https://gateway.example/zoom"),
        ("JUPITERONE_API_BASE_URL", "https://api.eu.jupiterone.io/graphql", "https://api.eu.jupiterone.io"),
        ("JUPITERONE_API_BASE_URL", "https://api.us.jupiterone.io/persister/", "https://api.us.jupiterone.io"),
        (
            "JUPITERONE_API_BASE_URL",
            "https://api.us.jupiterone.io/persister/synchronization/jobs",
            "https://api.us.jupiterone.io",
        ),
        ("JUPITERONE_API_BASE_URL", "https://gateway.example/j1", "https://gateway.example/j1"),
        ("JUPITERONE_GRAPHQL_URL", "https://graphql.eu.jupiterone.io/graphql", "https://graphql.eu.jupiterone.io"),
        ("JUPITERONE_GRAPHQL_URL", "https://api.us.jupiterone.io/graphql", "https://api.us.jupiterone.io/graphql"),
        ("JUPITERONE_GRAPHQL_URL", "https://gateway.example/graphql", "https://gateway.example/graphql"),
    ],
)
def test_a_path_that_is_added_anyway_is_taken_off(read, name, given, used):
    settings = read({"ZOOM_API_URL": "https://api.zoom.us", name: given})
    assert {
        "ZOOM_OAUTH_URL": settings.oauth_url,
        "ZOOM_API_URL": settings.api_url,
        "JUPITERONE_API_BASE_URL": settings.jupiterone.api_url,
        "JUPITERONE_GRAPHQL_URL": settings.jupiterone.graphql_url,
    }[name] == used


@pytest.mark.parametrize(
    ("name", "address", "path", "host"),
    [
        ("ZOOM_OAUTH_URL", "https://zoom.us/signin", "/signin", "zoom.us"),
        ("ZOOM_OAUTH_URL", "https://zoom.us/myoauth", "/myoauth", "zoom.us"),
        ("ZOOM_OAUTH_URL", "https://marketplace.zoom.us/develop/create", "/develop/create", "marketplace.zoom.us"),
        ("ZOOM_API_URL", "https://api.zoom.us/v2/users", "/v2/users", "api.zoom.us"),
        ("ZOOM_API_URL", "https://api.zoomgov.com/v1", "/v1", "api.zoomgov.com"),
        ("JUPITERONE_API_BASE_URL", "https://j1dev.apps.us.jupiterone.io/home", "/home", "j1dev.apps.us.jupiterone.io"),
        ("JUPITERONE_GRAPHQL_URL", "https://graphql.us.jupiterone.io/v1", "/v1", "graphql.us.jupiterone.io"),
    ],
)
def test_another_path_at_zoom_or_jupiterone_is_refused_by_name(problems, name, address, path, host):
    assert problems({"ZOOM_API_URL": "https://api.zoom.us", name: address}) == [
        f"{name} ends in {path}: remove that, so that it is https://{host}."
    ]


@pytest.mark.parametrize(
    ("dotenv", "reported"),
    [
        ("ZOOM_CLIENTID=abc\n", "ZOOM_CLIENTID (did you mean ZOOM_CLIENT_ID?)"),
        ("ZOOM_SECRET=CANARY\nZOOM_ACOUNT_ID=a", None),
        ("zoom_client_id=abc\n", "zoom_client_id (did you mean ZOOM_CLIENT_ID?)"),
        ("JUPITERONE_API_URL=https://x.example\n", "JUPITERONE_API_URL (did you mean JUPITERONE_API_BASE_URL?)"),
        ("JUPITERONE_INSTANCE_ID=CANARY", "JUPITERONE_INSTANCE_ID (did you mean JUPITERONE_INTEGRATION_INSTANCE_ID?)"),
        ("ZOOM_QQQQQQQQ=1", "ZOOM_QQQQQQQQ"),
    ],
)
def test_unknown_names_in_the_file_are_reported_once(read, folder, dotenv, reported):
    warning = read(dotenv=dotenv).warning
    expected = (
        reported or "ZOOM_SECRET (did you mean ZOOM_CLIENT_SECRET?); ZOOM_ACOUNT_ID (did you mean ZOOM_ACCOUNT_ID?)"
    )
    assert warning == f"{folder / '.env'} has unknown settings: {expected}."


@pytest.mark.parametrize(
    "dotenv",
    [
        "JUPITERONE_DEV=true\nJUPITERONE_INTEGRATION_STORAGE_DIRECTORY=x\n",
        "JUPITERONE_LOCAL_INTEGRATION_INSTANCE_ACCOUNT_ID=x\nOTHER=1\nHTTPS_PROXY=http://x\n",
        "".join(f"{name}=\n" for name in NAMES),
    ],
)
def test_known_names_are_not_reported(read, dotenv):
    assert read({"ZOOM_TYPO": "of the environment, which is not ours alone"}, dotenv=dotenv).warning == ""


def test_secrets_never_show():
    assert "client-secret" not in repr(EVERY_SETTING) + str(EVERY_SETTING)
    assert "access-token" not in repr(EVERY_SETTING) + str(EVERY_SETTING)
    assert "access-token" not in f"{EVERY_SETTING.access_token} {EVERY_SETTING.access_token!r}"


@pytest.mark.parametrize("name", ["ZOOM_REDIRECT_URI", "ZOOM_OAUTH_URL", "ZOOM_API_URL"])
@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://zoom.us", True),
        ("http://localhost:5000", True),
        ("http://127.0.0.1:5001/", True),
        ("http://[::1]:5001", True),
        ("http://zoom.us", False),
        ("http://localhost.evil.example", False),
        ("https://user:CANARY@zoom.us", False),
        ("https://zoom.us?token=CANARY", False),
        ("ftp://localhost", False),
        ("zoom.us", False),
        ("https://[bad", False),
    ],
)
def test_addresses(read, problems, name, address, good):
    # ZOOM_API_URL is always there, since some of the addresses are not Zoom's own.
    environment = {"ZOOM_API_URL": "https://api.zoom.us", name: address}
    if good:
        assert read(environment)
    else:
        assert problems(environment) == [
            f"{name} must be an https address (plain http on this computer only), without query."
        ]


def test_another_oauth_server_needs_an_api_address(problems, read):
    elsewhere = {"ZOOM_OAUTH_URL": "http://127.0.0.1:5001"}
    assert problems(elsewhere) == ["ZOOM_OAUTH_URL is not Zoom's own, so ZOOM_API_URL must say where the API is."]
    assert read({**elsewhere, "ZOOM_API_URL": "http://127.0.0.1:5001"}).api_url == "http://127.0.0.1:5001"
    assert read({"ZOOM_OAUTH_URL": "https://zoomgov.com"}).api_url is None


@pytest.mark.parametrize(
    ("value", "urls"),
    [
        ("", []),
        (" , ", []),
        ("slack://a/b/c", ["slack://a/b/c"]),
        ("slack://a/b/c,json://host;tgram://1:x/2", ["slack://a/b/c", "json://host", "tgram://1:x/2"]),
        ("mailto://u:p@x.example?to=a@x.example,b@x.example", ["mailto://u:p@x.example?to=a@x.example,b@x.example"]),
        ("json://host/a,\n  xmls://host/b", ["json://host/a", "xmls://host/b"]),
    ],
)
def test_addresses_of_alerts(read, value, urls):
    assert [url.reveal() for url in read({"ALERT_URLS": value}).alert_urls] == urls


@pytest.mark.parametrize(
    ("value", "position", "number"),
    [("CANARY", 1, 1), ("//CANARY", 1, 1), ("json://host/CANARY xyz", 1, 1), ("CANARY, json://host", 1, 2)],
)
def test_addresses_of_alerts_that_are_none(problems, value, position, number):
    assert problems({"ALERT_URLS": value}) == [
        f"ALERT_URLS: address {position} of {number} must begin with a scheme such as mailto:// and have no spaces."
    ]


@pytest.mark.parametrize("share", ["0.01", "0.5", "1", "1.0", " 0.8 "])
def test_good_shares(read, share):
    assert read({"ZOOM_RATE_SHARE": share}).rate_share == float(share)


@pytest.mark.parametrize("share", ["0", "0.009", "1.1", "-1", "nan", "inf", "half"])
def test_bad_shares(problems, share):
    assert problems({"ZOOM_RATE_SHARE": share}) == [f"ZOOM_RATE_SHARE must be a number from 0.01 to 1, not {share!r}."]


@pytest.mark.parametrize(
    ("value", "plan"),
    [("free", ZoomPlan.FREE), ("PRO", ZoomPlan.PRO), ("Business", ZoomPlan.BUSINESS), ("unlimited", ZoomPlan.UNLIMITED)]
    + [(name, ZoomPlan.BUSINESS) for name in ("enterprise", "Education", "PARTNER")],
)
def test_plans(read, value, plan):
    settings = read({"ZOOM_PLAN": value})
    assert (settings.plan, settings.plan_is_set) == (plan, True)


@pytest.mark.parametrize("profile", ["default", "a", "0", "acme_2-eu", "a" * 32])
def test_good_profiles(read, profile):
    assert read({"ZOOM_PROFILE": profile, "ZOOM_HOME": "/home"}).profile == Profile(profile, Path("/home") / profile)


@pytest.mark.parametrize("profile", [".", "..", "../x", "a/b", "Acme", "-a", "_a", "a b", "a" * 33, "a\n", "é"])
def test_bad_profiles(read, problems, profile):
    rule = "must be 1 to 32 lower-case letters, digits, '-' or '_', beginning with a letter or digit."
    with pytest.raises(UsageError) as raised:
        read(profile=profile)
    assert raised.value.message == f"--profile {rule}"
    if profile.strip() == profile:
        assert problems({"ZOOM_PROFILE": profile}) == [f"ZOOM_PROFILE {rule}"]


def test_the_option_wins_over_the_setting(read):
    assert read({"ZOOM_PROFILE": "acme"}, profile="other").profile.name == "other"
    assert read({"ZOOM_PROFILE": "NOT GOOD"}, profile="other").profile.name == "other"


def test_the_home_is_absolute(read, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.chdir(tmp_path)
    assert read({"ZOOM_HOME": "~/zoom"}).profile.folder.parent == Path("/home/ada/zoom")
    assert read({"ZOOM_HOME": "zoom"}).profile.folder.parent == tmp_path / "zoom"


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_are_not_there(read, problems, tmp_path, name):
    assert problems({name: "/nowhere/ca.pem"}) == [
        f"{name} in the environment names /nowhere/ca.pem, which does not exist or is not readable."
    ]
    assert len(problems({name: "x" * 5000})) == 1
    read({name: str(tmp_path)})
    read(dotenv=f"{name}=/nowhere/ca.pem")


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_from_a_pipe(problems, tmp_path, name):
    os.mkfifo(tmp_path / "pipe")
    assert problems({name: str(tmp_path / "pipe")}) == [
        f"{name} in the environment names {tmp_path / 'pipe'}, which is neither a file nor a folder."
    ]


def test_a_user_without_a_home(problems, monkeypatch):
    """As in a container that runs with a user id of its own."""

    def unknown(_: int) -> None:
        raise KeyError

    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert problems({}) == ["ZOOM_HOME is not set, and this user has no home folder."]


def test_the_home_of_nobody(problems):
    assert problems({"ZOOM_HOME": "~no-such-user/zoom"}) == [
        "ZOOM_HOME begins with ~ and a user name that does not exist on this computer."
    ]


# The tag


@pytest.mark.parametrize("value", ["true", "TRUE", "1", "yes", "on"])
def test_entities_are_tagged_with_the_accounts_name(read, value):
    settings = read({"ACCOUNT_NAME": "Acme", "TAG_WITH_ACCOUNT_NAME": value})
    assert settings.tags == {"tag.AccountName": "Acme"}


@pytest.mark.parametrize("value", ["false", "0", "no", "OFF", ""])
def test_a_name_alone_tags_nothing(read, value):
    settings = read({"ACCOUNT_NAME": "Acme", "TAG_WITH_ACCOUNT_NAME": value})
    assert (settings.account_name, settings.tags) == ("Acme", {})


@pytest.mark.parametrize("name", [{}, {"ACCOUNT_NAME": "  "}])
def test_a_tag_without_a_name(problems, name):
    assert problems({**name, "TAG_WITH_ACCOUNT_NAME": "true"}) == [
        "TAG_WITH_ACCOUNT_NAME is true, but ACCOUNT_NAME is not set."
    ]


# Server-to-Server


def test_server_to_server_needs_an_app(problems, read):
    needed = "ZOOM_ACCOUNT_ID is set (Server-to-Server), so {} is needed too."
    assert problems({"ZOOM_ACCOUNT_ID": "a", "ZOOM_CLIENT_ID": "b"}) == [needed.format("ZOOM_CLIENT_SECRET")]
    assert problems({"ZOOM_ACCOUNT_ID": "a", "ZOOM_CLIENT_SECRET": "b"}) == [needed.format("ZOOM_CLIENT_ID")]
    assert read({"ZOOM_ACCOUNT_ID": "a", "ZOOM_ACCESS_TOKEN": "pasted"}).account_id == "a"


def test_settings_do_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        EVERY_SETTING.profile = "other"


# JupiterOne


@pytest.mark.parametrize(
    ("base", "graphql"),
    [
        ("https://api.us.jupiterone.io", "https://graphql.us.jupiterone.io"),
        ("https://api.eu.jupiterone.io/", "https://graphql.eu.jupiterone.io"),
        ("http://127.0.0.1:8765/", "http://127.0.0.1:8765/graphql"),
        ("https://gateway.example/jupiterone", "https://gateway.example/jupiterone/graphql"),
    ],
)
def test_graphql_follows_the_base_address(read, base, graphql):
    assert read({"JUPITERONE_API_BASE_URL": base}).jupiterone.graphql_url == graphql


def test_what_can_be_wrong_about_jupiterone(problems):
    reported = problems(
        {
            "JUPITERONE_API_KEY": "your-api-key",
            "JUPITERONE_API_BASE_URL": "http://api.us.jupiterone.io",
            "JUPITERONE_GRAPHQL_URL": "http://graphql.us.jupiterone.io",
            "POLLING_INTERVAL": "hourly",
            "DATA_MODEL": "0.54",
        }
    )
    assert reported == [
        "DATA_MODEL must be one of current, legacy, not '0.54'.",
        "POLLING_INTERVAL must be one of DISABLED, THIRTY_MINUTES, ONE_HOUR, FOUR_HOURS, EIGHT_HOURS, TWELVE_HOURS, "
        "ONE_DAY, ONE_WEEK, not 'hourly'.",
        "JUPITERONE_API_BASE_URL must be an https address (plain http on this computer only), without query.",
        "JUPITERONE_API_KEY still holds the placeholder text.",
        "JUPITERONE_GRAPHQL_URL must be an https address (plain http on this computer only), without query.",
    ]

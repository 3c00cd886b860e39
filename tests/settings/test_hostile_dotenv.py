"""A `.env` that came with its folder: what it may say, and what it may not have the collector do."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from collector.errors import UsageError
from collector.settings import Settings, read_settings

ZOOM_SECRETS = {"ZOOM_CLIENT_ID": "id", "ZOOM_CLIENT_SECRET": "secret", "ZOOM_ACCOUNT_ID": "account"}
JUPITERONE_SECRETS = {"JUPITERONE_ACCOUNT": "acme", "JUPITERONE_API_KEY": "key"}
ZOOM_ADDRESSES = {"ZOOM_OAUTH_URL": "http://127.0.0.1:9999", "ZOOM_API_URL": "http://127.0.0.1:9999"}
BY_ROOT = os.geteuid() == 0


def read(folder: Path, environment: dict[str, str], file: dict[str, str]) -> Settings:
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in file.items()))
    return read_settings(environment, folder)


def refused(folder: Path, environment: dict[str, str], file: dict[str, str]) -> str:
    with pytest.raises(UsageError) as raised:
        read(folder, environment, file)
    for secret in ("secret", "key", "token-of-mine"):
        assert secret not in raised.value.message.replace("JUPITERONE_API_KEY", "").lower().replace("client_secret", "")
    return raised.value.message


@pytest.mark.parametrize(
    ("name", "address", "credentials"),
    [
        ("ZOOM_API_URL", "http://127.0.0.1:9999", ZOOM_SECRETS),
        ("ZOOM_API_URL", "http://127.0.0.1:9999", {"ZOOM_ACCESS_TOKEN": "token-of-mine"}),
        ("ZOOM_API_URL", "https://api.zoomgov.com", {"ZOOM_ACCESS_TOKEN": "token-of-mine"}),
        ("ZOOM_OAUTH_URL", "https://zoomgov.com", ZOOM_SECRETS),
        ("ZOOM_OAUTH_URL", "https://zoomgov.com", {"ZOOM_CLIENT_SECRET": "secret"}),
        ("JUPITERONE_API_BASE_URL", "http://localhost:9999", JUPITERONE_SECRETS),
        ("JUPITERONE_API_BASE_URL", "https://api.eu.jupiterone.io", {"JUPITERONE_API_KEY": "key"}),
        ("JUPITERONE_GRAPHQL_URL", "http://[::1]:9999", JUPITERONE_SECRETS),
    ],
)
def test_a_file_does_not_say_where_secrets_of_the_environment_go(
    tmp_path: Path, name: str, address: str, credentials: dict[str, str]
) -> None:
    message = refused(tmp_path, credentials, {name: address})
    assert f"{name} is in .env, but {' and '.join(credentials)} in the environment" in message
    same_place = {**credentials, name: address}
    read(tmp_path, same_place, {})
    read(tmp_path, {}, {**ZOOM_SECRETS, **same_place})
    read(tmp_path, {name: address}, credentials)  # an exported address is the person's own


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("ZOOM_API_URL", "https://evil.example"),
        ("ZOOM_API_URL", "https://zoom.us.evil.example"),
        ("ZOOM_API_URL", "https://evilzoom.us"),
        ("ZOOM_API_URL", "https://api.us.jupiterone.io"),
        ("ZOOM_API_URL", "https://10.0.0.1"),
        ("ZOOM_OAUTH_URL", "https://zoom.us.evil.example"),
        ("JUPITERONE_API_BASE_URL", "https://evil.example"),
        ("JUPITERONE_API_BASE_URL", "https://jupiterone.io.evil.example"),
        ("JUPITERONE_API_BASE_URL", "https://evil-jupiterone.io"),
        ("JUPITERONE_GRAPHQL_URL", "https://zoom.us"),
    ],
)
def test_other_hosts_need_the_environment(tmp_path: Path, name: str, address: str) -> None:
    others = {"ZOOM_API_URL": "https://api.zoom.us"} if name == "ZOOM_OAUTH_URL" else {}
    everything = {**ZOOM_SECRETS, **JUPITERONE_SECRETS, **others, name: address}
    assert f"{name} in .env names another host" in refused(tmp_path, {}, everything)
    read(tmp_path, everything, {})


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("ZOOM_API_URL", "https://api-eu.zoom.us"),
        ("ZOOM_OAUTH_URL", "https://zoomgov.com"),
        ("ZOOM_API_URL", "http://localhost:8765"),
        ("JUPITERONE_API_BASE_URL", "https://api.eu.jupiterone.io"),
        ("JUPITERONE_GRAPHQL_URL", "https://graphql.eu.jupiterone.io/graphql"),
    ],
)
def test_a_file_says_where_its_own_secrets_go(tmp_path: Path, name: str, address: str) -> None:
    read(tmp_path, {}, {**ZOOM_SECRETS, **JUPITERONE_SECRETS, name: address})


def test_an_address_that_the_environment_empties_is_none_of_the_file(tmp_path: Path) -> None:
    assert read(tmp_path, {**ZOOM_SECRETS, "ZOOM_API_URL": ""}, ZOOM_ADDRESSES | {"ZOOM_OAUTH_URL": ""}).api_url is None


# The file itself


def unread(folder: Path) -> str:
    with pytest.raises(UsageError) as raised:
        read_settings({}, folder)
    assert raised.value.next_step
    return raised.value.message


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    os.mkfifo(file)
    assert unread(tmp_path) == f"{file} cannot be read: it is not a regular file."
    file.unlink()
    file.symlink_to("/dev/zero")
    assert unread(tmp_path) == f"{file} cannot be read: it is not a regular file."


def test_a_socket_is_no_file_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(".env")
        assert "cannot be read" in unread(tmp_path)


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1 << 40])
def test_a_huge_file_is_not_read(tmp_path: Path, size: int) -> None:
    with open(tmp_path / ".env", "wb") as file:
        file.truncate(size)
    assert unread(tmp_path) == f"{tmp_path / '.env'} cannot be read: it has more than 65,536 bytes."


@pytest.mark.parametrize("mode", [0o666, 0o602, 0o777])
def test_a_file_everybody_may_write_to_is_not_read(tmp_path: Path, mode: int) -> None:
    (tmp_path / ".env").write_text("ZOOM_PROFILE=theirs\n")
    (tmp_path / ".env").chmod(mode)
    assert "is writable by every user" in unread(tmp_path)


@pytest.mark.parametrize("owner", [12345, 1])
def test_a_file_of_another_user_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: int) -> None:
    (tmp_path / ".env").write_text("ZOOM_PROFILE=theirs\n")
    if BY_ROOT:
        os.chown(tmp_path / ".env", owner, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: owner + os.getuid())
    message = unread(tmp_path)
    assert f"{tmp_path / '.env'} belongs to another user" in message


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o440, 0o400])
def test_ones_own_file_whatever_the_umask(tmp_path: Path, mode: int) -> None:
    (tmp_path / ".env").write_text("ZOOM_PROFILE=mine\n")
    (tmp_path / ".env").chmod(mode)
    assert read_settings({}, tmp_path).profile.name == "mine"


@pytest.fixture
def _as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not root, for whom a file of root's is not their own."""
    monkeypatch.setattr(os, "geteuid", lambda: 10001)


@pytest.mark.usefixtures("_as_somebody")
@pytest.mark.skipif(not BY_ROOT, reason="makes files of root's")
@pytest.mark.parametrize("mode", [0o644, 0o440, 0o444])
def test_a_secret_of_kubernetes(tmp_path: Path, mode: int) -> None:
    """Files of root's, behind a link into `..data`, which is a link itself (AtomicWriter of the kubelet)."""
    version = tmp_path / "..2026_11_23"
    version.mkdir()
    (version / ".env").write_text("ZOOM_PROFILE=acme\n")
    (version / ".env").chmod(mode)
    (tmp_path / "..data").symlink_to("..2026_11_23")
    (tmp_path / ".env").symlink_to("..data/.env")
    assert read_settings({}, tmp_path).profile.name == "acme"


@pytest.mark.parametrize("credentials", [ZOOM_SECRETS, {"ZOOM_ACCESS_TOKEN": "token-of-mine"}])
def test_a_file_does_not_say_who_is_told_about_an_account_of_the_environment(
    tmp_path: Path, credentials: dict[str, str]
) -> None:
    alerts = {"ALERT_URLS": "json://elsewhere.example/secret"}
    message = refused(tmp_path, credentials, alerts)
    assert f"ALERT_URLS is in .env, but {' and '.join(credentials)} in the environment" in message
    assert read(tmp_path, {**credentials, **alerts}, {}).alert_urls
    assert read(tmp_path, {}, {**credentials, **alerts}).alert_urls

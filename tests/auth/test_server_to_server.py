"""Server-to-Server tokens: cached, asked for once however many want one, renewed once after a 401."""

from __future__ import annotations

import json
import os

import pytest

from collector import private_files
from collector.auth import Token, TokenFile, TokenSource
from collector.errors import CollectionFailed, NewerVersion, UsageError

from .conftest import TOKEN_URL, answer


def stored(folder) -> dict[str, object]:
    return json.loads((folder / "token.json").read_bytes())


def store(folder, **fields: object) -> bytes:
    """Change fields of the stored document; the new content."""
    content = json.dumps(stored(folder) | fields).encode()
    (folder / "token.json").write_bytes(content)
    return content


def test_a_token_with_its_scopes_and_host(new_source, zoom):
    source: TokenSource = new_source()
    assert source.token() == Token(
        "token-1",
        frozenset({"user:read:user:admin", "group:read:list_groups:admin"}),
        "https://api.zoom.us",
    )


@pytest.mark.parametrize(
    ("before", "now"),
    [(None, "http://127.0.0.1:9999"), ("http://127.0.0.1:9999", None), ("https://api.zoom.us", "http://127.0.0.1:1")],
)
def test_a_token_that_was_asked_for_another_api_is_not_used(new_source, zoom, before, now):
    assert new_source(api_url=before).token().access_token == "token-1"
    assert new_source(api_url=before).token().access_token == "token-1"
    another = new_source(api_url=now).token()
    assert (another.access_token, another.obtained_for) == ("token-2", now)
    assert new_source(api_url=now).token().access_token == "token-2"


@pytest.mark.parametrize(
    ("scope", "scopes"),
    [("a b", {"a", "b"}), (" a,b,\tc ", {"a", "b", "c"}), ("", set()), (None, None)],
)
def test_scopes(new_source, requests_mock, scope, scopes):
    requests_mock.post(TOKEN_URL, json=answer(1, scope=scope))
    assert new_source().token().scopes == scopes
    assert new_source().token().scopes == scopes


def test_what_is_written(new_source, zoom, folder, clock):
    new_source().token()
    document = stored(folder)
    assert len(document.pop("client_hash")) == 64
    assert document == {
        "version": 1,
        "grant": "account_credentials",
        "access_token": "token-1",
        "scope": "user:read:user:admin group:read:list_groups:admin",
        "api_url": "https://api.zoom.us",
        "obtained_at": clock.now(),
        "expires_at": clock.now() + 3600,
    }


def test_the_next_process_uses_the_same_token(new_source, zoom):
    assert new_source().token() == new_source().token()
    assert zoom.call_count == 1


def test_five_minutes_before_its_end_a_token_is_replaced(new_source, zoom, clock):
    source = new_source()
    source.token()
    clock.time += 3299
    assert source.token().access_token == "token-1"
    clock.time += 1
    assert source.token().access_token == "token-2"
    assert new_source().token().access_token == "token-2"


def test_a_token_from_the_future_is_not_used(new_source, zoom, clock):
    source = new_source()
    source.token()
    clock.time -= 7200
    assert source.token().access_token == "token-2"
    assert new_source().token().access_token == "token-2"


@pytest.mark.parametrize(
    "other", [{"client_id": "other"}, {"account_id": "other"}, {"oauth_url": "https://zoomgov.example"}]
)
def test_a_token_of_another_app_or_account_is_not_used(new_source, zoom, requests_mock, other):
    new_source().token()
    elsewhere = requests_mock.post("https://zoomgov.example/oauth/token", json=answer(2))
    assert new_source(**other).token().access_token == "token-2"
    assert zoom.call_count + elsewhere.call_count == 2


def test_renewing_a_token_that_is_not_the_current_one_takes_the_current_one(new_source, zoom):
    source = new_source()
    rejected = source.token()
    source.renew(rejected)
    assert source.renew(rejected).access_token == "token-2"
    assert zoom.call_count == 2


def no_space(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_costs_one_warning_and_nothing_else(new_source, zoom, folder, monkeypatch, caplog):
    monkeypatch.setattr(private_files.tempfile, "mkstemp", no_space)
    source = new_source()
    assert {source.token().access_token for _ in range(3)} == {"token-1"}
    assert [(record.name, record.levelname) for record in caplog.records] == [("collector.auth", "WARNING")]
    assert str(folder / "token.json") in caplog.text
    assert "No space left on device" in caplog.text


def test_a_folder_that_cannot_be_made_costs_one_warning_and_nothing_else(new_source, zoom, tmp_path, caplog):
    (tmp_path / "file").touch()
    source = new_source(file=TokenFile(tmp_path / "file" / "default", "default"))
    assert {source.token().access_token for _ in range(3)} == {"token-1"}
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Not a directory" in caplog.text


def test_a_browser_sign_in_is_left_alone(new_source, zoom, folder):
    new_source().token()
    content = store(folder, grant="authorization_code", refresh_token="precious")
    source = new_source()
    assert {source.token().access_token for _ in range(3)} == {"token-2"}
    assert (folder / "token.json").read_bytes() == content


def test_unknown_fields_survive_a_new_token(new_source, zoom, folder, clock):
    new_source().token()
    store(folder, note={"kept": True})
    clock.time += 3600
    new_source().token()
    assert stored(folder)["access_token"] == "token-2"
    assert stored(folder)["note"] == {"kept": True}


def test_a_newer_file_is_left_untouched(new_source, zoom, folder):
    new_source().token()
    content = store(folder, version=2)
    with pytest.raises(NewerVersion):
        new_source().token()
    assert (folder / "token.json").read_bytes() == content
    assert zoom.call_count == 1


def test_a_file_cut_anywhere_is_replaced(new_source, zoom, folder):
    new_source().token()
    content = (folder / "token.json").read_bytes()
    for length in range(len(content)):
        (folder / "token.json").write_bytes(content[:length])
        assert new_source().token().access_token == f"token-{length + 2}"


def test_everything_is_private_also_without_a_umask(new_source, zoom, folder):
    before = os.umask(0)
    try:
        new_source().token()
    finally:
        os.umask(before)
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()}
    assert modes == dict.fromkeys(("token.json", "token.lock"), "0o600")


@pytest.mark.parametrize(
    ("status", "error", "reason", "message", "to_change"),
    [
        (400, "invalid_client", "Invalid client_id or client_secret", "credentials", "ZOOM_CLIENT_SECRET"),
        (401, "invalid_request", "Account odd", "credentials", "ZOOM_CLIENT_ID"),
        (400, "invalid_request", "Invalid client_id: (4,700)", "credentials", "ZOOM_CLIENT_ID"),
        (400, "invalid_request", "Invalid Account Id", "account", "ZOOM_ACCOUNT_ID"),
        (400, "invalid_request", "Account does not exist", "account", "ZOOM_ACCOUNT_ID"),
        (400, "unsupported_grant_type", "unsupported grant type", "by itself", "Server-to-Server"),
        (400, "unauthorized_client", "", "by itself", "collector auth login"),
        (400, "invalid_request", "Account does not enabled the OAuth app type", "by itself", "activated"),
        (400, "invalid_request", "The app has been disabled", "deactivated", "Marketplace"),
        (400, "invalid_request", "Bad Request", "refused", "ZOOM_ACCOUNT_ID"),
        (403, "", "", "refused", "Marketplace"),
    ],
)
def test_a_refusal_says_what_to_change(new_source, requests_mock, status, error, reason, message, to_change):
    requests_mock.post(TOKEN_URL, status_code=status, json={"error": error, "reason": reason})
    with pytest.raises(UsageError, match=message) as refusal:
        new_source().token()
    assert to_change in refusal.value.next_step
    assert "(client id ending in 1234)" in str(refusal.value)
    assert "client-id-1234" not in str(refusal.value)
    assert str(refusal.value).endswith(reason or error or f"HTTP {status}")


def test_zoom_being_down_is_not_the_users_fault(new_source, requests_mock):
    requests_mock.post(TOKEN_URL, status_code=503)
    with pytest.raises(CollectionFailed, match=r"zoom\.example"):
        new_source().token()

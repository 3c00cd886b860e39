"""token.json: modes, atomic replacement, the lock, damaged and newer files."""

from __future__ import annotations

import json
import os
import stat
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from collector import private_files
from collector.auth import TokenFile
from collector.auth.stored_token import RENEW_BELOW_SECONDS, UNUSABLE_BELOW_SECONDS, StoredToken
from collector.errors import NewerVersion, ProfileBusy, SignInRequired

DOCUMENT = StoredToken(
    grant="account_credentials",
    client_hash="c" * 64,
    access_token="token-1",
    scope="a b",
    api_url="https://api.zoom.us",
    obtained_at=1_800_000_000.0,
    expires_at=1_800_003_600.0,
    refresh_token="refresh-1",
    account={"id": "x", "email": "a@b.example"},
    generation=3,
    reauth={"reason": "Invalid Token!", "at": 1},
    others={"note": {"id": "x"}},
)


@pytest.fixture
def file(folder: Path) -> TokenFile:
    return TokenFile(folder, "default")


@pytest.fixture
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def written(file: TokenFile, content: bytes) -> TokenFile:
    file.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.path.write_bytes(content)
    file.path.chmod(0o600)
    return file


def test_a_profile_without_a_token(file):
    assert file.load() is None


def test_what_is_saved_is_loaded_with_fields_it_does_not_know(file, clock):
    with file.locked(clock):
        file.save(DOCUMENT)
    assert file.load() == DOCUMENT
    assert json.loads(file.path.read_bytes())["note"] == {"id": "x"}
    assert "token-1" not in repr(DOCUMENT)
    assert "refresh-1" not in repr(DOCUMENT)


@pytest.mark.usefixtures("open_umask")
def test_everything_is_private_from_birth(file, clock):
    with file.locked(clock):
        file.save(DOCUMENT)
    assert {path.name: mode(path) for path in file.path.parent.iterdir()} == {
        "token.json": 0o600,
        "token.lock": 0o600,
    }
    assert mode(file.path.parent) == mode(file.path.parent.parent) == 0o700


@pytest.mark.usefixtures("open_umask")
def test_what_is_being_written_is_never_open_to_others(file, clock, monkeypatch):
    seen = []
    fsync = os.fsync

    def look(descriptor: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    with file.locked(clock):
        file.save(DOCUMENT)
    assert seen == [0o600, 0o700]


def test_rights_of_others_are_taken_away_and_told(file, clock, caplog):
    written(file, DOCUMENT.to_bytes())
    file.path.chmod(0o644)
    file.path.parent.chmod(0o755)
    with file.locked(clock):
        assert file.load() == DOCUMENT
    assert (mode(file.path), mode(file.path.parent)) == (0o600, 0o700)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert str(file.path) in caplog.text


def test_a_file_of_another_user_is_not_read(file, monkeypatch):
    written(file, DOCUMENT.to_bytes())
    monkeypatch.setattr(os, "geteuid", lambda: file.path.stat().st_uid + 1)
    with pytest.raises(PermissionError, match="another user"):
        file.load()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
@pytest.mark.parametrize("name", [".", "token.lock"])
def test_a_folder_or_lock_of_another_user_is_not_used(file, clock, name):
    written(file, DOCUMENT.to_bytes())
    (file.path.parent / "token.lock").touch()
    os.chown(file.path.parent / name, 12345, -1)
    with pytest.raises(PermissionError, match="another user"), file.locked(clock):
        pytest.fail("it was locked")


@pytest.mark.parametrize("plant", [os.mkfifo, lambda path: path.symlink_to(path.with_name("elsewhere"))])
def test_a_lock_that_is_none(file, clock, plant):
    written(file, DOCUMENT.to_bytes())
    (file.path.parent / "token.lock").unlink(missing_ok=True)
    plant(file.path.parent / "token.lock")
    with pytest.raises(OSError, match="not a regular file"), file.locked(clock):
        pytest.fail("it was locked")


def test_links_pipes_and_folders_are_not_read(file):
    file.path.parent.mkdir(parents=True)
    target = file.path.with_name("target")
    target.write_bytes(DOCUMENT.to_bytes())
    file.path.symlink_to(target)
    with pytest.raises(OSError, match="symbolic link"):
        file.load()
    file.path.unlink()
    os.mkfifo(file.path)
    with pytest.raises(OSError, match="not a regular file"):
        file.load()
    file.path.unlink()
    file.path.mkdir()
    with pytest.raises(IsADirectoryError):
        file.load()


def test_a_failed_write_leaves_the_old_file_and_nothing_else(file, clock, monkeypatch):
    with file.locked(clock):
        file.save(DOCUMENT)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(private_files.os, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            file.save(replace(DOCUMENT, access_token="token-2"))
    assert file.load() == DOCUMENT
    assert sorted(path.name for path in file.path.parent.iterdir()) == ["token.json", "token.lock"]


@pytest.mark.parametrize("change", [lambda file: file.save(DOCUMENT), lambda file: file.forget()])
def test_the_next_change_removes_what_killed_writers_left(file, clock, change):
    file.path.parent.mkdir(parents=True)
    for name in (".token.json-killed.tmp", "mine.tmp"):
        file.path.with_name(name).touch()
    with file.locked(clock):
        change(file)
    assert [path.name for path in file.path.parent.glob("*tmp")] == ["mine.tmp"]


@pytest.mark.parametrize(("others", "room"), [({}, 16 << 10), ({"note": "x" * 50_000}, 100_000)])
def test_a_prepared_place_holds_the_room_for_the_next_document(file, clock, others, room):
    with file.locked(clock):
        file.save(replace(DOCUMENT, others=others))
        with file.reserved() as save:
            (place,) = file.path.parent.glob(".token.json-*.tmp")
            assert place.stat().st_size >= room
            assert mode(place) == 0o600
            save(replace(DOCUMENT, access_token="token-2"))
        assert file.load().access_token == "token-2"
        with file.reserved():
            pass
        assert file.load().access_token == "token-2"
    assert not list(file.path.parent.glob("*.tmp"))


def test_forgetting_removes_the_damaged_copies_of_earlier_versions_too(file, clock):
    with file.locked(clock):
        file.path.with_name("token.json.corrupt-1795435200").write_bytes(b"damaged")
        file.save(DOCUMENT)
        file.forget()
        file.forget()
    assert [path.name for path in file.path.parent.iterdir()] == ["token.lock"]


@pytest.mark.parametrize("place", ["write", "fsync"])
def test_a_disk_without_room_is_found_out_before_anything_is_spent(file, clock, monkeypatch, place):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with file.locked(clock):
        monkeypatch.setattr(private_files.os, place, full)
        with pytest.raises(OSError, match="No space left"), file.reserved():
            pytest.fail("there was no room")
    assert not list(file.path.parent.glob("*.tmp"))


def test_readers_see_whole_documents_only(file, clock):
    tokens = {f"token-{number}" * 50 for number in range(200)}
    done = threading.Event()
    seen: set[str] = set()

    def read() -> None:
        while not done.is_set():
            document = file.load()
            if document:
                seen.add(document.access_token)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        with file.locked(clock):
            for token in tokens:
                file.save(replace(DOCUMENT, access_token=token))
    finally:
        done.set()
        reader.join()
    assert seen <= tokens


def test_a_lock_held_for_thirty_seconds_ends_in_words(file, clock, folder):
    folder.mkdir(parents=True)
    held = FileLock(folder / "token.lock")
    with held, pytest.raises(ProfileBusy, match='profile "default"') as busy, file.locked(clock):
        pytest.fail("two holders")
    assert sum(clock.waits) == pytest.approx(30, abs=0.2)
    assert "--profile" in busy.value.next_step


def test_the_lock_is_taken_as_soon_as_it_is_free(file, clock, folder, monkeypatch):
    folder.mkdir(parents=True)
    held = FileLock(folder / "token.lock")
    held.acquire()
    monkeypatch.setattr(clock, "wait", lambda _: held.release())
    with file.locked(clock):
        pass


def test_two_profiles_do_not_wait_for_each_other(file, clock, tmp_path):
    with file.locked(clock), TokenFile(tmp_path / "other", "other").locked(clock):
        assert clock.waits == []


def test_a_changed_bit_never_ends_in_anything_but_a_document_or_damage(file):
    content = DOCUMENT.to_bytes()
    written(file, content)
    for position in range(len(content)):
        for bit in (0x01, 0x80):
            changed = bytearray(content)
            changed[position] ^= bit
            file.path.write_bytes(changed)
            with suppress(SignInRequired):
                assert file.load() is not None


def document_with(**fields: object) -> bytes:
    return json.dumps(json.loads(DOCUMENT.to_bytes()) | fields).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b"\xff\xfe",
        b" " * (2 << 20),
        document_with(version=0),
        document_with(version=True),
        document_with(version="1"),
        document_with(grant=None),
        document_with(client_hash=""),
        document_with(access_token=7),
        document_with(scope=["a"]),
        document_with(api_url={}),
        document_with(obtained_at="yesterday"),
        document_with(obtained_at=True),
        document_with(expires_at=None),
        document_with(expires_at=float("nan")),
        document_with(expires_at=float("inf")),
        document_with(refresh_token=7),
        document_with(account="a@b.example"),
        document_with(generation=-1),
        document_with(generation=True),
        document_with(reauth=[]),
    ],
)
def test_a_damaged_file_is_named_and_keeps_its_content_to_itself(file, content):
    with pytest.raises(SignInRequired, match='profile "default" is damaged') as damage:
        written(file, content).load()
    assert damage.value.next_step == "Run `collector auth login`."
    assert damage.value.__context__ is None


def test_a_newer_file_is_refused(file):
    with pytest.raises(NewerVersion, match="version 2"):
        written(file, b'{"version": 2, "all": "different"}').load()


@pytest.mark.parametrize(
    ("life", "margin", "passed", "fresh"),
    [
        (3600, RENEW_BELOW_SECONDS, 0, True),
        (3600, RENEW_BELOW_SECONDS, 3299, True),
        (3600, RENEW_BELOW_SECONDS, 3300, False),
        (3600, RENEW_BELOW_SECONDS, 4000, False),
        (3600, RENEW_BELOW_SECONDS, -1, False),
        (3600, UNUSABLE_BELOW_SECONDS, 3539, True),
        (3600, UNUSABLE_BELOW_SECONDS, 3540, False),
        (3600, UNUSABLE_BELOW_SECONDS, -1, False),
        (60, RENEW_BELOW_SECONDS, 53, True),
        (60, RENEW_BELOW_SECONDS, 54, False),
    ],
)
def test_how_long_a_token_is_used(life, margin, passed, fresh):
    document = replace(DOCUMENT, expires_at=DOCUMENT.obtained_at + life)
    assert document.is_fresh(DOCUMENT.obtained_at + passed, margin) is fresh

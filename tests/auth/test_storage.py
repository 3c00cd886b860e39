"""Disks that do not take the token: before it is spent nothing is lost, afterwards somebody signs in again."""

from __future__ import annotations

import errno
import os
import resource

import pytest
from filelock import FileLock

from collector import private_files
from collector.auth import TokenFile
from collector.errors import ExitCode, ProfileBusy, SignInRequired, StorageFailed


def failing(number: int):
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("tempfile.mkstemp", errno.EROFS),
        ("tempfile.mkstemp", errno.EACCES),
        ("os.write", errno.ENOSPC),
        ("os.fsync", errno.ENOSPC),
        ("os.fsync", errno.EIO),
    ],
)
def test_a_disk_that_would_not_take_the_next_token_spends_none(
    new_signed_in, sign_in, rotation, clock, file, monkeypatch, place, problem
):
    before = sign_in()
    clock.time += 3600
    with monkeypatch.context() as patch:
        patch.setattr(f"collector.private_files.{place}", failing(problem))
        for _ in range(3):
            with pytest.raises(StorageFailed, match=os.strerror(problem)) as failure:
                new_signed_in().token()
    assert rotation.sent == []
    assert str(file.path) in failure.value.message
    assert "disk" in failure.value.next_step
    assert failure.value.exit_code == ExitCode.FAILED
    assert file.load() == before
    assert not list(file.path.parent.glob("*.tmp"))
    assert new_signed_in().token().access_token == "token-1"


def test_a_disk_that_is_really_full_spends_none(new_signed_in, sign_in, rotation, clock, file):
    sign_in()
    clock.time += 3600
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 10, hard))
    try:
        with pytest.raises(StorageFailed, match="File too large"):
            new_signed_in().token()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert rotation.sent == []
    assert not list(file.path.parent.glob("*.tmp"))


def test_while_the_old_token_lives_a_full_disk_costs_a_warning(
    new_signed_in, sign_in, rotation, clock, monkeypatch, caplog
):
    sign_in()
    clock.time += 3400
    monkeypatch.setattr(private_files.os, "fsync", failing(errno.ENOSPC))
    source = new_signed_in()
    assert {source.token().access_token for _ in range(5)} == {"token-0"}
    assert rotation.sent == []
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_read_only_folder_does_not_hinder_a_fresh_token(new_signed_in, sign_in, rotation, monkeypatch):
    sign_in()
    monkeypatch.setattr(private_files.tempfile, "mkstemp", failing(errno.EROFS))
    monkeypatch.setattr(FileLock, "acquire", failing(errno.EROFS))
    assert new_signed_in().token().access_token == "token-0"


def test_a_file_that_cannot_be_read_or_locked(new_signed_in, sign_in, rotation, file, clock, monkeypatch):
    sign_in()
    clock.time += 3600
    monkeypatch.setattr(FileLock, "acquire", failing(errno.ENOLCK))
    with pytest.raises(StorageFailed, match="could not be locked"):
        new_signed_in().token()
    file.path.unlink()
    file.path.mkdir()
    with pytest.raises(StorageFailed, match="could not be read"):
        new_signed_in().token()
    assert rotation.sent == []


def test_a_disk_that_dies_in_between_wants_a_new_sign_in(new_signed_in, sign_in, rotation, clock, file, monkeypatch):
    before = sign_in()
    clock.time += 3600
    with monkeypatch.context() as patch:
        patch.setattr(private_files.os, "replace", failing(errno.EIO))
        with pytest.raises(
            StorageFailed, match=r"new token, but it could not be saved: .*Input/output error"
        ) as failure:
            new_signed_in().token()
        with pytest.raises(SignInRequired, match="refused the refresh token"):
            new_signed_in().token()
    assert str(file.path) in failure.value.message
    assert "sign in again. Run `collector auth login`" in failure.value.next_step
    assert failure.value.exit_code == ExitCode.FAILED
    assert file.load() == before
    assert not list(file.path.parent.glob("*.tmp"))


def test_a_disk_that_dies_in_between_leaves_the_old_token_its_life(
    new_signed_in, sign_in, rotation, clock, monkeypatch, caplog
):
    sign_in()
    clock.time += 3400
    monkeypatch.setattr(private_files.os, "replace", failing(errno.EIO))
    source = new_signed_in()
    assert {source.token().access_token for _ in range(5)} == {"token-0"}
    assert rotation.sent == ["refresh-0"]
    (record,) = caplog.records
    assert "could not be saved" in record.getMessage()


def test_a_lock_that_somebody_keeps(new_signed_in, sign_in, rotation, clock, folder, caplog):
    sign_in()
    with FileLock(folder / "token.lock"):
        clock.time += 3400
        assert new_signed_in().token().access_token == "token-0"
        assert "30 s" in caplog.text
        clock.time += 3600
        with pytest.raises(ProfileBusy):
            new_signed_in().token()
    assert rotation.sent == []


def test_a_lock_file_that_somebody_removes(new_signed_in, sign_in, rotation, clock, folder):
    sign_in()
    (folder / "token.lock").unlink()
    clock.time += 3600
    assert new_signed_in().token().access_token == "token-1"


def test_two_profiles_refresh_without_minding_each_other(new_signed_in, sign_in, rotation, clock, tmp_path, file):
    sign_in()
    clock.time += 3600
    with TokenFile(tmp_path / "other", "other").locked(clock):
        assert new_signed_in().token().access_token == "token-1"
    assert clock.waits == []


def test_nothing_is_left_open(new_signed_in, sign_in, rotation, clock):
    sign_in()
    source = new_signed_in()
    source.refresh()
    before = len(os.listdir("/dev/fd"))
    for _ in range(50):
        source.refresh()
    assert len(os.listdir("/dev/fd")) == before

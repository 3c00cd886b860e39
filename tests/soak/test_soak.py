"""A small soak, and whether it notices a wrong graph."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

import pytest

from collector.sandbox import Account, generate_account
from collector.sandbox.fault import FaultKind
from collector.store import Store
from tests.collect.profile import Profile
from tests.soak.comparing import differences, size
from tests.soak.misbehaviour import BELIEVED, FOR_LISTS, LIES, PASSING
from tests.soak.soaking import soak


def test_every_fault_kind_is_used() -> None:
    assert sorted((*PASSING, *FOR_LISTS, *BELIEVED)) == sorted(get_args(FaultKind))
    assert set(LIES) <= set(BELIEVED)


def test_a_small_account_comes_out_right(tmp_path: Path) -> None:
    soaked = soak(tmp_path, users=60, rate=0.05, times=1, seed=3)
    assert soaked.differences == []
    assert soaked.runs[-1].exit_code == 0
    assert len(soaked.runs) > 1
    assert soaked.faults.total() > 20
    assert soaked.faults["daily_429"] == soaked.exits[75] == 1
    assert soaked.entities == 60 + 1 + 8 + 6


@pytest.fixture
def account() -> Account:
    return generate_account(users=12)


@pytest.fixture
def collected(tmp_path: Path, account: Account) -> Iterator[Callable[[], Store]]:
    """Collects the account as it is by then into a new store."""
    folders = (tmp_path / str(number) for number in itertools.count())
    with ExitStack() as stores:

        def collect() -> Store:
            profile = Profile(next(folders), account)
            profile.collect()
            return stores.enter_context(profile.store)

        yield collect


CollectResult = Callable[[], Store]


def test_equal_graphs_have_no_differences(collected: CollectResult) -> None:
    first, second = collected(), collected()
    assert differences(first, second) == []
    assert size(first)[0] == 12 + 1 + 6 + 5
    assert size(first) == size(second)


def test_a_missing_user_is_noticed_with_all_its_ties(collected: CollectResult, account: Account) -> None:
    before, user = collected(), account.users_with_status("active")[3]
    account.remove_user(user.id)
    found = differences(before, collected())
    assert f"The entity zoom_user:{user.id} is missing." in found
    assert f"The relationship zoom_user:{user.id}|assigned|zoom_role:{user.role_id} is missing." in found


def test_an_entity_too_many_is_noticed(collected: CollectResult, account: Account) -> None:
    before, group = collected(), account.add_group("New")
    assert f"The entity zoom_group:{group.id} should not be there." in differences(before, collected())


def test_a_changed_setting_is_noticed(collected: CollectResult, account: Account) -> None:
    before, user = collected(), account.owner
    account.change_settings(user.id, {"meeting_security.waiting_room": True})
    assert differences(before, collected()) == [
        f"The entity zoom_user:{user.id} differs: meetingSecurityWaitingRoom is True instead of False."
    ]

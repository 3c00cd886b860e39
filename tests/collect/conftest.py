"""Eight people, three groups and five roles, and a profile that collects them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.sandbox import Account

from .profile import Profile


def people() -> Account:
    """
    olive (Owner), ada (Admin), bob (Helpdesk: may edit users), cyd (Auditor: may only look) and max are active, ina is
    inactive, pia and pim are invited. Engineering: ada, bob, ina. Sales: cyd, pia. Nobody is in Empty.
    """
    account = Account(seed=1)
    engineering, sales, _ = (account.add_group(name).id for name in ("Engineering", "Sales", "Empty"))
    helpdesk = account.add_role("Helpdesk", ["User:Read", "User:Edit"]).id
    auditor = account.add_role("Auditor", ["User:Read", "Role:Read"]).id
    account.add_user("olive@example.com", "Olive", "Owner", role_id="0")
    account.add_user("ada@example.com", "Ada", "Byron", role_id="1", group_ids=[engineering])
    account.add_user("bob@example.com", "Bob", "Stone", role_id=helpdesk, group_ids=[engineering])
    account.add_user("cyd@example.com", "Cyd", "Chen", role_id=auditor, group_ids=[sales])
    account.add_user("max@example.com", "Max", "Rao")
    account.add_user("ina@example.com", "Ina", "Quist", status="inactive", group_ids=[engineering])
    account.add_user("pia@example.com", status="pending", group_ids=[sales])
    account.add_user("pim@example.com", status="pending")
    return account


@pytest.fixture
def account() -> Account:
    return people()


@pytest.fixture
def profile(tmp_path: Path, account: Account) -> Iterator[Profile]:
    profile = Profile(tmp_path, account)
    yield profile
    profile.store.close()

"""A store with a small graph, and one with everything a sandbox account gives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collector.sandbox import GRANULAR_SCOPES, Account, generate_account
from collector.sandbox.generation import manage_centrally
from collector.store import Store
from tests.collect.profile import Profile
from tests.tree.conftest import folder, store

__all__ = ["collected", "folder", "store"]


def managed_account() -> Account:
    """120 users: licences, statuses, settings, custom roles and groups as they come, centrally managed."""
    account = generate_account(users=120, groups=6, custom_roles=2, seed=7)
    manage_centrally(account)
    return account


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A sandbox account, read with every scope."""
    profile = Profile(tmp_path_factory.mktemp("profile"), managed_account(), future_fields=True)
    profile.collect(scopes=GRANULAR_SCOPES)
    with profile.store as store:
        yield store

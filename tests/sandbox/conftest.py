from __future__ import annotations

import pytest

from collector.sandbox import Account, Sandbox, generate_account

from .client import MovableClock, SandboxClient


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def account() -> Account:
    return generate_account(users=80, groups=4, custom_roles=2, seed=7)


@pytest.fixture
def sandbox(account: Account, clock: MovableClock) -> Sandbox:
    return Sandbox(account, clock=clock)


@pytest.fixture
def zoom(sandbox: Sandbox) -> SandboxClient:
    return SandboxClient(sandbox)

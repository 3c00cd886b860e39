from __future__ import annotations

import pytest

from collector.sandbox.jupiterone import Instance, JupiterOneSandbox
from tests.fakes import FakeClock

from .client import SandboxClient


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sandbox(clock: FakeClock) -> JupiterOneSandbox:
    return JupiterOneSandbox(clock=clock)


@pytest.fixture
def instance(sandbox: JupiterOneSandbox) -> Instance:
    return sandbox.add_instance("Example Ltd")


@pytest.fixture
def jupiterone(sandbox: JupiterOneSandbox) -> SandboxClient:
    return SandboxClient(sandbox)

"""For every test: what is logged, by whomever, never holds one of the sandbox's secrets."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.canaries import found_in


class _Watch(logging.Handler):
    """Remembers what should not have been logged."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.found: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.found += found_in(self.format(record))


@pytest.fixture(scope="session", autouse=True)
def _no_secret_is_logged() -> Iterator[None]:
    watch = _Watch()
    logging.getLogger().addHandler(watch)
    yield
    logging.getLogger().removeHandler(watch)
    assert watch.found == []

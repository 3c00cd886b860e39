"""For every test: the resources are those the sandbox serves, logging is put back, and what is logged never holds one
of the sandbox's secrets. And what several of them need.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.canaries import found_in
from tests.served import know_only_what_is_served

know_only_what_is_served()

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # As a shell starts what runs in the background; the processes that tests start and interrupt would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

FORCING = ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
"""Variables that make the command line print as for a terminal, or for a terminal of some width."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The tests in a browser run only when asked for by path; what they import takes long."""
    asked_for = any("browser" in str(argument) for argument in config.args)
    return None if asked_for or collection_path.name != "browser" else True


def pytest_collection_finish() -> None:
    """Thousands of tests are kept until the end; to look for garbage there takes a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


class _Watch(logging.Handler):
    """Remembers what should not have been logged."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.found: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.found += found_in(self.format(record))


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed is as wide, and as plain, as in a file, whatever terminal the tests run in."""
    for name in FORCING:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """What a command sets for its own process does not reach the next test."""
    loggers = [logging.getLogger(name) for name in (None, "authlib", "collector", "redirect_server", "urllib3")]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture(scope="session", autouse=True)
def _no_secret_is_logged() -> Iterator[None]:
    watch = _Watch()
    logging.getLogger().addHandler(watch)
    yield
    logging.getLogger().removeHandler(watch)
    assert watch.found == []


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Lets nothing be written to this any more, also where root runs the tests."""
    access = os.access
    closed: set[Path] = set()

    def accessible(path: Path, mode: int) -> bool:
        return access(path, mode) and not (path in closed and mode & os.W_OK)

    monkeypatch.setattr(os, "access", accessible)
    return closed.add

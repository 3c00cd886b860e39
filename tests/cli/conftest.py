"""The command line in this process, in an empty working folder, with nothing of the person who runs the tests."""

from __future__ import annotations

import logging
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from collector.auth import signin
from collector.auth.configured import oauth_client, token_file
from collector.cli import run
from collector.clock import SystemClock
from collector.sandbox import Account, Sandbox
from collector.sandbox.jupiterone import JupiterOneSandbox
from collector.settings import NAMES, Settings
from tests.collect.conftest import people


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder; the profiles are beside it, in `home`."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZOOM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    logger = logging.getLogger("collector")
    level, root_level = logger.level, logging.getLogger().level
    yield
    logger.setLevel(level)
    logging.getLogger().setLevel(root_level)


@pytest.fixture
def collector(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `collector` with these arguments. Whatever goes wrong, nobody is shown a traceback."""

    def command(*arguments: str) -> Outcome:
        code = run(arguments)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Outcome(code, captured.out, captured.err)

    return command


CollectOnce = Callable[..., None]


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("collected")


@pytest.fixture
def collect_once(
    collector: Command, zoom: Sandbox, work: Path, tmp_path: Path, request: pytest.FixtureRequest, _kept: Path
) -> CollectOnce:
    """`collector collect`, for the first test of a module that does so; the others get a copy of its profile and tree.

    The zoom is to be the same each time. `after`: what tells one collection from others of the module.
    """

    def collect(after: str = "", code: int = 0) -> None:
        kept = _kept / f"{request.module.__name__} {after}"
        profile, tree = tmp_path / "home" / "default", work / ".j1-integration"
        if not kept.exists():
            assert collector("collect").code == code
            shutil.copytree(profile, kept / "profile")
            shutil.copytree(tree, kept / "tree")
            return
        signed_in = ["token.json"] if (profile / "token.json").exists() else []
        shutil.copytree(kept / "profile", profile, ignore=lambda *_: signed_in, dirs_exist_ok=True)
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(kept / "tree", tree)

    return collect


@pytest.fixture
def account() -> Account:
    return people()


@contextmanager
def served(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, **settings: str) -> Iterator[None]:
    """Serve the sandbox, and configure the collector to read it."""
    with sandbox.serve() as url:
        configure(monkeypatch, {**sandbox.environment(url), **settings})
        yield


def words(text: str) -> str:
    """The text on one line: where lines break depends on the width of the terminal."""
    return " ".join(text.split())


def configure(monkeypatch: pytest.MonkeyPatch, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def zoom(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox on a socket, which the collector is configured to read."""
    sandbox = Sandbox(account)
    with served(sandbox, monkeypatch):
        yield sandbox


@pytest.fixture
def jupiterone(monkeypatch: pytest.MonkeyPatch) -> Iterator[JupiterOneSandbox]:
    """A sandbox on a socket, which the collector is configured to upload to; without an instance."""
    monkeypatch.setattr("collector.jupiterone.query._FIRST_POLL_SECONDS", 0)  # it waits for each of some 30 counts
    with served_jupiterone(JupiterOneSandbox(polls_until_finished=0), monkeypatch) as sandbox:
        yield sandbox


def sign_in(sandbox: Sandbox, settings: Settings) -> signin.SignIn:
    """Somebody signs in with the browser, and the profile keeps it."""
    client, clock, randomness = oauth_client(settings), SystemClock(), random.Random(7)
    attempt = signin.start_authorization(client, settings.redirect_uri, clock.now())
    code = dict(parse_qsl(urlsplit(sandbox.consent(attempt.authorization_url)).query))["code"]
    granted = signin.exchange_code(client, attempt, code, clock, randomness, api_url=settings.api_url)
    signin.save(granted, token_file(settings.profile), clock)
    return granted


@contextmanager
def served_jupiterone(sandbox: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[JupiterOneSandbox]:
    """A JupiterOne on a socket, which the collector is configured to upload to."""
    with sandbox.serve() as url:
        configure(monkeypatch, sandbox.environment(url))
        yield sandbox

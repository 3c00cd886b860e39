"""Several processes of one profile against a real token endpoint on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from collector.errors import SignInRequired

from .conftest import CLIENT
from .rotation import Rotation


def test_four_processes_share_one_request(loopback_zoom, folder):
    oauth_url, forms = loopback_zoom
    script = Path(__file__).with_name("ask_for_tokens.py")
    processes = [start(script, str(folder), oauth_url, "5") for _ in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert answers == [["token-1"] * 5] * 4
    assert forms == [{"grant_type": ["account_credentials"], "account_id": ["account-id"]}]


def test_fifty_threads_in_each_of_four_processes_spend_one_refresh_token_a_round(
    serve_rotation, folder, sign_in, clock
):
    rotation = Rotation()
    oauth_url = serve_rotation(rotation)
    client = replace(CLIENT, oauth_url=oauth_url)
    script = Path(__file__).with_name("refresh_together.py")
    processes = [start(script, str(folder), oauth_url, "50") for _ in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for turn in range(1, 6):
        sign_in(
            client_hash=client.hash(),
            refresh_token=rotation.latest,
            generation=turn,
            obtained_at=1_700_000_000.0,
            expires_at=1_700_003_600.0,
        )
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for process in processes]
        assert answers == [[f"token-{turn}"] * 50] * 4
        assert rotation.sent == [f"refresh-{number}" for number in range(turn)]
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0] * 4


KILLED_BEFORE_IT_COUNTS = """
import os, random, signal, sys
from pathlib import Path
from collector import private_files
from collector.auth import OAuthClient, SignInTokenSource, TokenFile
from collector.clock import SystemClock
from collector.redaction import Secret

folder, oauth_url = sys.argv[1:]
private_files.os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
client = OAuthClient("client-id-1234", Secret("client-secret"), oauth_url)
SignInTokenSource(client, TokenFile(Path(folder), "default"), SystemClock(), random.Random()).refresh()
"""


def test_after_a_kill_between_answer_and_disk_somebody_signs_in_again(
    serve_rotation, folder, file, sign_in, new_signed_in
):
    rotation = Rotation()
    oauth_url = serve_rotation(rotation)
    client = replace(CLIENT, oauth_url=oauth_url)
    before = sign_in(client_hash=client.hash())
    killed = subprocess.run([sys.executable, "-c", KILLED_BEFORE_IT_COUNTS, str(folder), oauth_url], timeout=60)
    assert killed.returncode == -9
    assert file.load() == before
    with pytest.raises(SignInRequired, match="a run was killed while it refreshed the token"):
        new_signed_in(client=client).refresh()
    assert not list(folder.glob("*.tmp"))


def start(script: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(script), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

"""Several processes of one profile against a real token endpoint on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def test_four_processes_share_one_request(loopback_zoom, folder):
    oauth_url, forms = loopback_zoom
    script = Path(__file__).with_name("ask_for_tokens.py")
    processes = [
        subprocess.Popen(
            [sys.executable, str(script), str(folder), oauth_url, "5"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert answers == [["token-1"] * 5] * 4
    assert forms == [{"grant_type": ["account_credentials"], "account_id": ["account-id"]}]

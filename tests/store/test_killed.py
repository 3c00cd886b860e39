"""Whoever kills the writer, whenever: the store holds whole commits, all of those that were reported, and opens."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

from collector.store import Store

WRITER = Path(__file__).with_name("write_until_killed.py")


def killed_after(batches: int, path: Path, attempt: int) -> None:
    """Run the writer until it has named this many batches, then SIGKILL it wherever it is by then."""
    with subprocess.Popen([sys.executable, WRITER, path, str(attempt)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        for _ in range(batches):
            assert writer.stdout.readline(), "the writer ended by itself"
        writer.kill()


def test_only_whole_commits_survive_a_kill(path: Path) -> None:
    instants = random.Random(20)
    reported = {}
    for attempt in range(20):
        reported[attempt] = instants.randint(1, 12)
        killed_after(reported[attempt], path, attempt)
        with Store.open(path) as store:
            batches = Counter(entity["batch"] for entity in store.entities("zoom_user"))
            assert set(batches.values()) == {50}
            assert store.count("zoom_account_has_user") == store.count("zoom_user")
    for attempt, batches_reported in reported.items():
        assert all(f"{attempt}-{batch}" in batches for batch in range(batches_reported))
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()

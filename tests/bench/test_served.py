"""The processes of a measurement, small: server, bare pool, collector."""

from __future__ import annotations

from pathlib import Path

from tests.bench import server
from tests.bench.process import measure


def test_everything_asked_for_is_answered_and_logged(tmp_path: Path) -> None:
    with server.sandbox(users=12) as served:
        job = {"url": served.environment["ZOOM_API_URL"], "token": served.token, "paths": served.paths}
        bare = measure("bare_pool", job)
        log = served.take_log()
        ours = measure("collecting", {"environment": served.environment, "home": str(tmp_path)})
        log_of_ours = served.take_log()
    documents = 4 * 11  # one of the twelve is invited
    assert bare.facts == {"statuses": {"200": documents}}
    assert bare.calls == len(served.paths) == len(log) == documents
    assert ours.facts == {"users": 12}
    assert documents < len(log_of_ours) < ours.calls  # the Light calls are not in the log
    assert {arrival.status for arrival in log + log_of_ours} == {200}
    assert 0 < bare.processor < 60
    assert bare.peak > 10_000_000

"""A run of the collector on prepared answers: engine, conversion and store, without a server."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from requests.adapters import BaseAdapter

from collector.auth import EnvironmentTokenSource
from collector.clock import SystemClock
from collector.redaction import Secret
from collector.settings.choices import ZoomPlan
from collector.store import Store
from collector.zoom.client import ZoomClient
from collector.zoom.pacing import Pacer
from tests.bench.collecting import run
from tests.bench.prepared import Prepared, PreparedZoom
from tests.bench.process import Measured, do_job
from tests.served import NEEDED_GRANULAR
from tests.wsgi_adapter import ADDRESS, session_with


def collect_prepared(job: Mapping[str, Any]) -> Measured:
    """Collect `users` people made of the job's `prepared` answers into the store at `path`; `own` as there."""
    zoom = PreparedZoom(Prepared(**job["prepared"]), job["users"], job.get("own", 0))
    path = Path(job["path"])
    with Store.open(path) as store:
        measured = run(client_of(zoom), store, scopes=NEEDED_GRANULAR, account_id=None)
    measured.facts = {**(measured.facts or {}), "bytes": path.stat().st_size}
    return measured


def client_of(zoom: BaseAdapter) -> ZoomClient:
    """A client that asks this transport, as fast as it answers."""
    clock = SystemClock()
    return ZoomClient(
        EnvironmentTokenSource(Secret("prepared"), ADDRESS),
        Pacer(ZoomPlan.UNLIMITED, 1.0, clock),
        clock,
        random.Random(0),
        oauth_url=ADDRESS,
        configured_api_url=ADDRESS,
        new_session=lambda: session_with(zoom),
    )


if __name__ == "__main__":
    do_job(collect_prepared)

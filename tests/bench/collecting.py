"""A real run of the collector, as `collector collect` does it up to the tree: token, client, engine, store."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collector.auth.configured import token_source
from collector.clock import SystemClock
from collector.collect.clients import current_token, zoom_client
from collector.collect.progress import NoProgress
from collector.collect.run import CollectionInputs, collect
from collector.resources import all_resources
from collector.settings import read_settings
from collector.store import Store
from collector.zoom.client import ZoomClient
from tests.bench.process import Measured, do_job, timed


def collect_served(job: Mapping[str, Any]) -> Measured:
    """Collect what the job's `environment` names into `home`."""
    settings = read_settings({**job["environment"], "ZOOM_HOME": job["home"]}, Path(job["home"]))
    clock, randomness = SystemClock(), random.Random(0)
    tokens = token_source(settings, clock, randomness)
    with Store.open(settings.profile.store_path) as store:
        scopes = current_token(tokens, all_resources()).scopes
        return run(zoom_client(settings, tokens, clock, randomness), store, scopes, settings.account_id)


def run(client: ZoomClient, store: Store, scopes: frozenset[str] | None, account_id: str | None) -> Measured:
    """One run, measured from the first call to the recorded end. Raises RuntimeError unless it was complete."""
    with timed() as measured:
        record = collect(
            CollectionInputs(
                client=client,
                store=store,
                clock=SystemClock(),
                progress=NoProgress(),
                resources=all_resources(),
                scopes=scopes,
                account_id=account_id,
            )
        )
    if record.exit_code != 0:
        reasons = [f"{entry.dataset}: {entry.reason}" for entry in record.coverage if entry.reason]
        raise RuntimeError(f"The run ended with {record.exit_code}: {reasons}")
    measured.calls = client.calls.total()
    measured.facts = {"users": store.count("zoom_user")}
    return measured


if __name__ == "__main__":
    do_job(collect_served)

"""Made-up histories of runs, for properties of all histories."""

from __future__ import annotations

import random
from dataclasses import dataclass

from hypothesis import strategies as st

from collector.store import ROW, Run, Store

from .graph import ACCOUNT, GROUP_HAS_USER, HAS_USER, account

USERS = tuple(f"zoom_user:{name}" for name in ("ada", "bob", "cyd", "dan"))
GROUP = "zoom_group:engineers"
TYPES = ("zoom_account", "zoom_group", "zoom_user")
RELATIONSHIPS = (HAS_USER, GROUP_HAS_USER)


@dataclass(frozen=True)
class MadeUpRun:
    """`chance` decides what it reads; `exit_code` None: it is killed. `hour`: when, which may be before the last."""

    chance: int
    exit_code: int | None
    hour: int
    fresh: bool


HISTORIES = st.lists(
    st.builds(
        MadeUpRun,
        chance=st.integers(0, 2**16),
        exit_code=st.sampled_from([0, 0, 0, 3, 75, 130, None]),
        hour=st.integers(0, 40),
        fresh=st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


def milliseconds(hour: int) -> int:
    return hour * 3_600_000


def write(store: Store, history: list[MadeUpRun]) -> None:
    """Write these runs, one after another."""
    for made_up in history:
        at = milliseconds(made_up.hour)
        run = store.begin(at, {"tag.AccountName": f"at {made_up.hour}"}, fresh=made_up.fresh)
        _read(run, random.Random(made_up.chance), at)
        if made_up.exit_code is None:
            run.commit()
        else:
            run.finish(at + 1000, made_up.exit_code, [], [], [])
            store.conclude()


def _read(run: Run, chance: random.Random, at: int) -> None:
    """Read some entities, changed or not; remove missing ones only if everything was read."""
    run.put(ACCOUNT, ROW, account(), at)
    if chance.random() < 0.8:
        run.put(GROUP, ROW, {"_type": "zoom_group", "_class": ["Group"], "name": chance.choice("ab")}, at)
    for key in USERS:
        fate = chance.random()
        if fate < 0.6:
            run.put(key, ROW, {"_type": "zoom_user", "_class": ["User"], "dept": chance.choice("xyz")}, at)
            run.put(key, "settings", {"waitingRoom": chance.random() < 0.5}, at)
            run.put_relationship(HAS_USER.between(ACCOUNT, key))
        elif fate < 0.7:
            run.remove_part(key, "settings")
        if chance.random() < 0.4:
            run.put_relationship(GROUP_HAS_USER.between(GROUP, key))
    if chance.random() < 0.6:
        for key in run.missing_keys("zoom_user"):
            run.remove(key)
    for tie in RELATIONSHIPS:
        if chance.random() < 0.6:
            run.remove_missing_relationships(tie.type)

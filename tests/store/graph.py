"""The entities and relationships of the tests."""

from __future__ import annotations

from collector.model.graph import Properties, RelationshipType
from collector.store import ROW, Run, Store

HAS_USER = RelationshipType("zoom_account", "HAS", "zoom_user")
GROUP_HAS_USER = RelationshipType("zoom_group", "HAS", "zoom_user")
ASSIGNED_ROLE = RelationshipType("zoom_user", "ASSIGNED", "zoom_role")

ACCOUNT = "zoom_account:acme"
ADA = "zoom_user:ada"
BOB = "zoom_user:bob"
CYD = "zoom_user:cyd"


def user(name: str, /, **properties: str | int | bool | list[str]) -> Properties:
    """The row document of a user."""
    return {"_type": "zoom_user", "_class": ["User"], "id": name.lower(), "displayName": name, **properties}


def account() -> Properties:
    """The row document of the account."""
    return {"_type": "zoom_account", "_class": ["Account"], "displayName": "Acme"}


def begin(store: Store, **tags: str) -> Run:
    """A new run, begun at 1000 ms."""
    return store.begin(1000, {f"tag.{name}": value for name, value in tags.items()})


def finish(run: Run, exit_code: int = 0) -> None:
    """End a run that has nothing to report, at 2000 ms."""
    run.finish(2000, exit_code, [], [], [])


def collect(store: Store, *names: str) -> int:
    """A complete run that finds only the account and these users; its number."""
    run = begin(store)
    run.put(ACCOUNT, ROW, account(), 1000)
    for name in names:
        key = f"zoom_user:{name.lower()}"
        run.put(key, ROW, user(name), 1000)
        run.put_relationship(HAS_USER.between(ACCOUNT, key))
    for key in run.missing_keys("zoom_user"):
        run.remove(key)
    run.remove_missing_relationships("zoom_account_has_user")
    finish(run)
    return run.id


def keys(store: Store, type_: str = "zoom_user", run: int | None = None) -> list[object]:
    """The keys of a type's entities as a reader sees them."""
    return [entity["_key"] for entity in store.entities(type_, run)]

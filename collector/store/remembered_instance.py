"""The integration instance in JupiterOne that a profile remembers, with its account and host."""

from __future__ import annotations

from dataclasses import dataclass

from collector.store.database import Database

_ID, _HOST, _ACCOUNT = "integration_instance", "integration_instance_host", "integration_instance_account"


@dataclass(frozen=True)
class RememberedInstance:
    """An instance, its JupiterOne account, and the host of the API. Older profiles have "" for account and host."""

    id: str
    host: str = ""
    account: str = ""

    def matches(self, host: str, account: str) -> bool:
        """Whether it is in this account, as far as that is known."""
        return self.host in ("", host) and self.account in ("", account)


def remembered(database: Database) -> RememberedInstance | None:
    """The remembered instance."""
    rows = database.rows("SELECT name, value FROM meta WHERE name IN (?, ?, ?)", (_ID, _HOST, _ACCOUNT))
    kept: dict[str, str] = {row["name"]: row["value"] for row in rows}
    return RememberedInstance(kept[_ID], kept.get(_HOST, ""), kept.get(_ACCOUNT, "")) if _ID in kept else None


def remember(database: Database, instance: RememberedInstance) -> None:
    """Remember this instance instead of any other."""
    database.execute(
        "INSERT OR REPLACE INTO meta VALUES (?, ?), (?, ?), (?, ?)",
        (_ID, instance.id, _HOST, instance.host, _ACCOUNT, instance.account),
    )


def forget(database: Database) -> None:
    """Remember no instance."""
    database.execute("DELETE FROM meta WHERE name IN (?, ?, ?)", (_ID, _HOST, _ACCOUNT))

"""Writes batches of 50 users into a store and names each batch once it is committed, until somebody kills it."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from collector.model.graph import RelationshipType
from collector.store import ROW, Store

HAS_USER = RelationshipType("zoom_account", "HAS", "zoom_user")


def main(path: Path, attempt: str) -> None:
    with Store.open(path) as store:
        run = store.begin(1000, {})
        run.put("zoom_account:acme", ROW, {"_type": "zoom_account", "_class": ["Account"]}, 1000)
        for batch in itertools.count():
            for number in range(50):
                key = f"zoom_user:{attempt}-{batch}-{number}"
                run.put(key, ROW, {"_type": "zoom_user", "_class": ["User"], "batch": f"{attempt}-{batch}"}, 1000)
                run.put_relationship(HAS_USER.between("zoom_account:acme", key))
            run.commit()
            print(batch, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

"""Says that it begins, then forgets a person and the history of a store, until somebody kills it."""

from __future__ import annotations

import sys
from pathlib import Path

from collector.store.forgetting import Person, forget


def main(path: Path, before: str, email: str) -> None:
    print("begins", flush=True)
    forget(path, before=int(before), person=Person("zoom_user", email, f"zoom_user:pending:{email}"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])

"""The redirect server as a program. The collector starts this folder, so no module of the working folder is run."""

import sys
from pathlib import Path


def main() -> None:
    """Serve, and exit with the exit code. The import is in here because it takes a while."""
    try:
        from redirect_server.command import run
    except KeyboardInterrupt:  # nothing has started yet
        sys.exit(130)
    sys.exit(run())


if __name__ == "__main__":
    if not __package__:  # started as a folder: sys.path needs its parent
        sys.path[0] = str(Path(__file__).resolve().parent.parent)
    main()

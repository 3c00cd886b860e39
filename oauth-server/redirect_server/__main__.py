"""The redirect server as a program. The collector starts its folder, so that no module of the working folder is run."""

import sys
from pathlib import Path


def main() -> None:
    """Serve, and leave with the exit code. It is imported here, since that takes a while."""
    try:
        from redirect_server.command import run
    except KeyboardInterrupt:  # nothing has begun that needs an end
        sys.exit(130)
    sys.exit(run())


if __name__ == "__main__":
    if not __package__:  # the folder was started, and stands where the one that holds the package belongs
        sys.path[0] = str(Path(__file__).resolve().parent.parent)
    main()

"""`python -m collector`."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code. It is imported here, since that takes a while."""
    try:
        from collector.cli import run
    except KeyboardInterrupt:  # nothing has begun that needs an end
        sys.exit(130)
    sys.exit(run())


if __name__ == "__main__":
    main()

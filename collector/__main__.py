"""`collector`, and `python -m collector`, which also finds modules of the working folder: nothing names it so."""

import sys

from collector.starting import quiet_start


def main() -> None:
    """Run the command line and leave with its exit code. It is imported here, since that takes a while."""
    with quiet_start():
        from collector.cli import run
    sys.exit(run())


if __name__ == "__main__":
    main()

"""`collector`, and `python -m collector`, which also finds modules of the working folder: nothing names it so."""

import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code. It is imported here, since that takes a while."""
    try:
        from collector.cli import run
    except KeyboardInterrupt:  # nothing has begun that needs an end
        sys.exit(130)
    code = run()
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:  # has been told; Python would try it once more at the very end, and say so in its own way
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()

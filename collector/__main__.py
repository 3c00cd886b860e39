"""The program `collector`. Not documented as `python -m collector`, which would import from the working folder."""

import os
import sys


def main() -> None:
    """Run the command line and exit with its code. The slow import is here, where Ctrl-C is handled."""
    try:
        from collector.cli import run
    except KeyboardInterrupt:  # nothing has started yet
        sys.exit(130)
    code = run()
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:  # already reported; keep Python from flushing and reporting it again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()

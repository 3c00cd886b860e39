"""`python oauth-server`: sign in to Zoom once, in the browser."""

import sys
from pathlib import Path

# Run from a checkout in which the project is not installed, `collector` lies beside this folder.
sys.path.append(str(Path(__file__).resolve().parent.parent))

from collector.starting import quiet_start

if __name__ == "__main__":
    with quiet_start():
        from redirect_server.command import run
    sys.exit(run())

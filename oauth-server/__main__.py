"""`python oauth-server`: sign in to Zoom once, in the browser."""

import sys
from pathlib import Path

# Run from a checkout in which the project is not installed, `collector` lies beside this folder.
sys.path.append(str(Path(__file__).resolve().parent.parent))

if __name__ == "__main__":
    try:
        from redirect_server.command import run
    except KeyboardInterrupt:  # nothing has begun that needs an end
        sys.exit(130)
    sys.exit(run())

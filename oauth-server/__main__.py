"""`python oauth-server`: sign in to Zoom once, in the browser."""

import sys
from pathlib import Path

from redirect_server.__main__ import main

# In a checkout without an installed project, `collector` is next to this folder.
sys.path.append(str(Path(__file__).resolve().parent.parent))

if __name__ == "__main__":
    main()

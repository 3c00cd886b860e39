"""Installs JupiterOne's own command line, which test_real_tools.py runs; about 15 seconds, 230 packages.

Run `python -m tests.tree.install_real_tools` once per machine. It needs Node.js and npm, and writes only to the cache
folder of this system (`$XDG_CACHE_HOME/zoom-collector/node-tools` on Linux). The package asks for Node.js 14 and works
with 20; npm warns about that.
"""

from __future__ import annotations

import subprocess

import platformdirs

PACKAGE = "@jupiterone/integration-sdk-cli@8.41.0"
FOLDER = platformdirs.user_cache_path("zoom-collector") / "node-tools"
J1_INTEGRATION = FOLDER / "node_modules" / ".bin" / "j1-integration"


def install() -> None:
    """Install the package unless it is there. Scripts of the packages are not run: none is needed."""
    if not J1_INTEGRATION.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        quietly = ("--no-audit", "--no-fund", "--ignore-scripts")
        subprocess.run(["npm", "install", "--prefix", FOLDER, *quietly, PACKAGE], check=True)


if __name__ == "__main__":
    install()
    print(J1_INTEGRATION)

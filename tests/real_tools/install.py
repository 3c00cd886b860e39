"""Installs what JupiterOne publishes for its integrations, which the tests here run; about 15 seconds, 240 packages.

Run `python -m tests.real_tools.install` once per machine. It needs Node.js and npm, and writes only to the cache folder
of this system (`$XDG_CACHE_HOME/zoom-collector/node-tools` on Linux). The command line asks for Node.js 14 and works
with 20; npm warns about that. It brings an older data model along, so the newer one has a folder of its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import pytest

FOLDER = platformdirs.user_cache_path("zoom-collector") / "node-tools"


@dataclass(frozen=True)
class Package:
    """A package of the npm registry. `prefix`: the folder whose node_modules it goes to."""

    name: str
    version: str
    prefix: Path

    @property
    def folder(self) -> Path:
        return self.prefix / "node_modules" / self.name

    @property
    def is_installed(self) -> bool:
        """Whether this very version is there."""
        try:
            described = json.loads((self.folder / "package.json").read_bytes())
        except (OSError, ValueError):
            return False
        return bool(described.get("version") == self.version)

    def install(self) -> None:
        """Install it unless it is there. Scripts of the packages are not run: none is needed."""
        if self.is_installed:
            return
        self.prefix.mkdir(parents=True, exist_ok=True)
        quietly = ("--no-audit", "--no-fund", "--ignore-scripts")
        subprocess.run(["npm", "install", "--prefix", self.prefix, *quietly, f"{self.name}@{self.version}"], check=True)


COMMAND_LINE = Package("@jupiterone/integration-sdk-cli", "8.41.0", FOLDER)
DATA_MODEL = Package("@jupiterone/data-model", "0.64.2", FOLDER / "data-model")
AXE = Package("axe-core", "4.14.1", FOLDER / "axe")
VIS_NETWORK = Package("vis-network", "7.6.1", FOLDER / "vis-network")
"""What `j1-integration visualize` loads from the internet."""
J1_INTEGRATION = FOLDER / "node_modules" / ".bin" / "j1-integration"


def needs(package: Package) -> pytest.MarkDecorator:
    """Skip what cannot be run on this machine, and say how it could."""
    if shutil.which("node") is None:
        return pytest.mark.skip(reason="Node.js is not installed")
    return pytest.mark.skipif(
        not package.is_installed,
        reason=f"{package.name} {package.version} is not installed: run `python -m tests.real_tools.install`",
    )


if __name__ == "__main__":
    for wanted in (COMMAND_LINE, DATA_MODEL, AXE, VIS_NETWORK):
        wanted.install()
        print(wanted.folder)

"""Opens the browser if there is one; else, how to reach this server from another computer."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable, Mapping

from collector.settings.redirect_address import Address

Open = Callable[[str], bool]


def has_browser(environment: Mapping[str, str], *, terminal: bool, platform: str = sys.platform) -> bool:
    """Whether a browser opened here would be in front of the user. `terminal`: standard input is a terminal."""
    if not terminal or is_remote(environment) or environment.get("CI"):
        return False
    return platform == "darwin" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def is_remote(environment: Mapping[str, str]) -> bool:
    """Whether the user is connected over SSH."""
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))


def open_browser(url: str, opener: Open = webbrowser.open) -> bool:
    """Open the address. A failure is not an error: the address is printed as well."""
    try:
        return opener(url)
    except (webbrowser.Error, OSError):
        return False


def tunnel(address: Address, environment: Mapping[str, str]) -> str:
    """The command that forwards this port to the user's own computer."""
    user = environment.get("USER", "you")
    host = environment.get("SSH_CONNECTION", "").split()[2:3] or ["this-computer"]
    return f"ssh -L {address.port}:127.0.0.1:{address.port} {user}@{host[0]}"

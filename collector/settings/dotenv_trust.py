"""An address in `./.env` was chosen by whoever wrote that file, so no secret from anywhere else goes there.

A folder that was unpacked or cloned may bring its `.env` along. What it may say: the credentials of its own, and where
these go.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from collector.settings.hosts import is_loopback, zoom_cloud
from collector.settings.reader import Reader

_CREDENTIALS = {
    "ZOOM_OAUTH_URL": ("ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID", "ZOOM_ACCESS_TOKEN"),
    "ZOOM_API_URL": ("ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID", "ZOOM_ACCESS_TOKEN"),
    "JUPITERONE_API_BASE_URL": ("JUPITERONE_ACCOUNT", "JUPITERONE_API_KEY"),
    "JUPITERONE_GRAPHQL_URL": ("JUPITERONE_ACCOUNT", "JUPITERONE_API_KEY"),
}
"""What is sent to which address."""


def check_addresses(reader: Reader) -> None:
    """Note what is wrong with addresses that stand in `.env`; those of the real environment are the person's own."""
    for name, credentials in _CREDENTIALS.items():
        address = reader.text(name)
        if address is None or not reader.is_from_file(name):
            continue
        if not _is_well_known(name, address):
            reader.problems.append(
                f"{name} stands in .env and names another host than {_owner_name(name)}; such an address must be set "
                "in the environment itself, since a file may have come with its folder."
            )
            continue
        elsewhere = [each for each in credentials if reader.text(each) is not None and not reader.is_from_file(each)]
        if elsewhere:
            reader.problems.append(
                f"{name} stands in .env, but {' and '.join(elsewhere)} in the environment: a file may not say where "
                f"these go. Set {name} in the environment, too."
            )


def _is_well_known(name: str, address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return True  # told as no address
    if is_loopback(host):
        return True
    if name.startswith("ZOOM_"):
        return zoom_cloud(address) is not None
    return host == "jupiterone.io" or host.endswith(".jupiterone.io")


def _owner_name(name: str) -> str:
    return "Zoom's (zoom.us, zoomgov.com)" if name.startswith("ZOOM_") else "JupiterOne's (jupiterone.io)"

"""An address in `./.env` was chosen by whoever wrote that file, so secrets from elsewhere are not sent there.

An unpacked or cloned folder may contain a `.env`. It may set credentials, and where those are sent.
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
"""Which credentials are sent to which address."""

_ZOOM_CREDENTIALS = _CREDENTIALS["ZOOM_API_URL"]


def check_addresses(reader: Reader) -> None:
    """Report addresses in `.env` that must not be used; addresses in the environment are the user's own."""
    for name, credentials in _CREDENTIALS.items():
        address = reader.text(name)
        if address is None or not reader.is_from_file(name):
            continue
        if not _is_well_known(name, address):
            reader.problems.append(
                f"{name} in .env names another host than {_owner_name(name)}; such an address must be set in the "
                "environment, because the file may have come with its folder."
            )
            continue
        elsewhere = [each for each in credentials if reader.text(each) is not None and not reader.is_from_file(each)]
        if elsewhere:
            reader.problems.append(
                f"{name} is in .env, but {' and '.join(elsewhere)} in the environment: a file must not choose where "
                f"these are sent. Set {name} in the environment, too."
            )


def check_alert_addresses(reader: Reader) -> None:
    """Report ALERT_URLS in `.env` if the Zoom account was chosen elsewhere: its weaknesses are sent there."""
    elsewhere = [each for each in _ZOOM_CREDENTIALS if reader.text(each) is not None and not reader.is_from_file(each)]
    if reader.text("ALERT_URLS") is not None and reader.is_from_file("ALERT_URLS") and elsewhere:
        reader.problems.append(
            f"ALERT_URLS is in .env, but {' and '.join(elsewhere)} in the environment: a file must not choose who is "
            "told about your account. Set ALERT_URLS in the environment, too."
        )


def _is_well_known(name: str, address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return True  # reported as malformed
    if is_loopback(host):
        return True
    if name.startswith("ZOOM_"):
        return zoom_cloud(address) is not None
    return host == "jupiterone.io" or host.endswith(".jupiterone.io")


def _owner_name(name: str) -> str:
    return "Zoom's (zoom.us, zoomgov.com)" if name.startswith("ZOOM_") else "JupiterOne's (jupiterone.io)"

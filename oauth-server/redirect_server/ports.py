"""Sockets on this computer only (RFC 8252 §7.3, §8.3)."""

from __future__ import annotations

import errno
import socket
import sys
from dataclasses import dataclass

from collector.errors import UsageError
from collector.settings.redirect_address import Address

_FAMILIES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_NO_SUCH_FAMILY = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})


@dataclass(frozen=True)
class BoundSockets:
    """The bound sockets, and the loopback address this computer lacks, if any."""

    sockets: list[socket.socket]
    missing: str | None


def bind(address: Address) -> BoundSockets:
    """Bind 127.0.0.1 and ::1 at the address's port. Raises UsageError when that fails."""
    sockets: list[socket.socket] = []
    missing = []
    try:
        for family, host in _FAMILIES:
            try:
                sockets.append(_bound(family, host, address.port))
            except OSError as problem:
                if problem.errno not in _NO_SUCH_FAMILY:
                    raise _unavailable(address, host, problem) from None
                missing.append(host)
        if not sockets:
            raise UsageError(
                "This computer has no loopback network.", "Bring up the interface lo, then start this server again."
            )
    except UsageError:
        for bound in sockets:
            bound.close()
        raise
    return BoundSockets(sockets, missing[0] if missing else None)


def free_port_advice(address: Address) -> str:
    """The two steps to another port."""
    uri = address.at(host="127.0.0.1", port=address.port + 1 if address.port < 65535 else address.port - 1)
    return (
        "Stop that program, or use another port, in two steps:\n"
        f"  1. in .env:                      ZOOM_REDIRECT_URI={uri}\n"
        f"  2. in the Zoom App Marketplace:  {uri}   (both OAuth Redirect URL and OAuth Allow List)"
    )


def macos_hint(port: int) -> str:
    """AirPlay listens on 5000 and 7000 of every Mac."""
    if sys.platform != "darwin" or port not in {5000, 7000}:
        return ""
    return (
        " On a Mac this is often AirPlay: System Settings → General → AirDrop & Handoff → AirPlay Receiver can be "
        "switched off."
    )


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Lets a new server start beside connections that are still closing, never beside another listener.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((host, port))
        bound.listen(64)
    except BaseException:
        bound.close()
        raise
    return bound


def _unavailable(address: Address, host: str, problem: OSError) -> UsageError:
    socket_address = f"{f'[{host}]' if ':' in host else host}:{address.port}"
    if problem.errno == errno.EADDRINUSE:
        return UsageError(
            f"{socket_address} is taken by another program.{macos_hint(address.port)}", free_port_advice(address)
        )
    reason = problem.strerror or "the system refuses it"
    return UsageError(f"{socket_address} cannot be used: {reason}.", free_port_advice(address))

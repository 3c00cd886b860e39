"""Sockets on this computer only (RFC 8252 §7.3, §8.3), and who holds a port that is taken."""

from __future__ import annotations

import errno
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from collector.errors import UsageError
from collector.redirect_address import Address

_FAMILIES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_NO_SUCH_FAMILY = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})
_LISTENING = "0A"


@dataclass(frozen=True)
class Bound:
    """The sockets that are ours, and the family this computer does not have, if it lacks one."""

    sockets: list[socket.socket]
    missing: str | None


def bind(address: Address) -> Bound:
    """Bind 127.0.0.1 and ::1 at the address's port. Raises UsageError when that cannot be."""
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
    return Bound(sockets, missing[0] if missing else None)


def taken_fix(address: Address) -> str:
    """The two steps to another port."""
    uri = address.at(host="127.0.0.1", port=address.port + 1 if address.port < 65535 else address.port - 1)
    return (
        "End that program, or move to another port in two steps:\n"
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


def holder(port: int, proc: Path = Path("/proc")) -> str | None:
    """`name (process 123)` of who listens on the port, where /proc tells."""
    inodes = {inode for table in ("tcp", "tcp6") for inode in _listening(proc / "net" / table, port)}
    if not inodes:
        return None
    links = {f"socket:[{inode}]" for inode in inodes}
    for process in proc.glob("[0-9]*"):
        try:
            if any(str(file.readlink()) in links for file in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:  # other people's processes, and those that have just ended
            continue
    return None


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
    where = f"{f'[{host}]' if ':' in host else host}:{address.port}"
    if problem.errno == errno.EADDRINUSE:
        who = holder(address.port)
        by = f" by {who}" if who else " by another program"
        return UsageError(f"{where} is taken{by}.{macos_hint(address.port)}", taken_fix(address))
    reason = problem.strerror or "the system refuses it"
    return UsageError(f"{where} cannot be used: {reason}.", taken_fix(address))


def _listening(table: Path, port: int) -> list[str]:
    """Inodes of the sockets that listen on the port (proc(5), /proc/net/tcp)."""
    try:
        lines = table.read_text().splitlines()[1:]
    except OSError:
        return []
    rows = [line.split() for line in lines]
    return [row[9] for row in rows if row[3] == _LISTENING and int(row[1].rpartition(":")[2], 16) == port]

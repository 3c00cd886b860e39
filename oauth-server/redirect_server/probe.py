"""Checks that a browser reaches this server: on some computers another program answers first."""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection, HTTPException

from collector.errors import UsageError
from collector.settings.redirect_address import Address
from redirect_server.ports import free_port_advice, macos_hint

_SECONDS = 1.0


def probe(address: Address, instance: str) -> list[str]:
    """Ask /health at every address of the host's name; returns those without an answer.

    `instance`: the random id of this server. Raises UsageError when another program answers at one of them.
    """
    unreachable_hosts = []
    for host in _addresses(address):
        try:
            found = _instance(host, address)
        except ConnectionRefusedError:
            unreachable_hosts.append(host)
            continue
        if found != instance:
            raise UsageError(
                f"Another program answers {address.authority} at {host}, so a browser may never reach this server."
                + macos_hint(address.port),
                free_port_advice(address),
            )
    return unreachable_hosts


def _addresses(address: Address) -> list[str]:
    """Every address of the name; none if it does not resolve (browsers resolve localhost themselves)."""
    name = address.host.strip("[]")
    try:
        found = socket.getaddrinfo(name, address.port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _instance(host: str, address: Address) -> object:
    """The instance id that answers there, None for any other program. No proxy is used."""
    connection = HTTPConnection(host, address.port, timeout=_SECONDS)
    try:
        connection.request("GET", "/health", headers={"Host": address.authority})
        answer = json.loads(connection.getresponse().read(4096))
        return answer["instance"]
    except ConnectionRefusedError:
        raise
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        return None
    finally:
        connection.close()

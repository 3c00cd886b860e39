"""Writes bodies over slow lines: connecting has a short time, each part of a body a long one.

Left alone, urllib3 keeps the time-out of connecting on the socket until the whole request is written.
"""

from __future__ import annotations

import io
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

WRITE_SECONDS = 60.0
"""How long each part of a body (urllib3's `blocksize`, 16 KB) may wait until the system has taken it."""


def writing_patiently(session: requests.Session) -> requests.Session:
    """The same session, whose bodies may take as long as they get on. A transport that a test has put in stays."""
    for prefix, adapter in list(session.adapters.items()):
        if type(adapter) is HTTPAdapter:
            session.mount(prefix, _Adapter())
    return session


class _Connection(HTTPConnection):
    def request(self, method: str, url: str, body: Any = None, *arguments: Any, **options: Any) -> None:
        if isinstance(body, bytes):
            if self.sock is None:
                self.connect()
            self.timeout = WRITE_SECONDS  # until the next request or, when this one is written, that of reading
            body = io.BytesIO(body)  # of which urllib3 writes one part after the other
        super().request(method, url, body, *arguments, **options)


class _EncryptedConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _EncryptedConnection


_POOLS = {"http": _Pool, "https": _EncryptedPool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        if isinstance(manager, ProxyManager):  # not that of SOCKS, which connects in its own way
            manager.pool_classes_by_scheme = _POOLS
        return manager

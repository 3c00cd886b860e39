"""The channels of ALERT_URLS: chat, mail, webhooks and others, through Apprise.

An address holds the secret of its channel. So it is never part of a message or a log, and Apprise, which is imported
only when there is something to send, logs nothing here, keeps nothing on disk and loads nothing from it.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from collector.errors import UsageError
from collector.redaction import Secret

_LOGGERS = ("apprise", "urllib3.connectionpool", "asyncio", "smtplib", "charset_normalizer", "markdown", "MARKDOWN")
"""Of the libraries that see an address, or what is sent to it."""
_SECONDS = 30
_ROUNDS = 100_000


@dataclass(frozen=True, repr=False)
class Channel:
    """Where messages go. `position`: in ALERT_URLS, from 1. `scheme`: such as "slack"."""

    position: int
    scheme: str
    url: Secret

    def __str__(self) -> str:
        return f"{self.position} ({self.scheme})"

    def __repr__(self) -> str:
        return f"Channel({self})"

    @cached_property
    def id(self) -> str:
        """Tells it from the others of a profile, also when their order changes.

        It is in the store. A plain hash would let whoever has a copy of the store find a password of an address by
        trying words; this one is slow (30 ms) and short, so few words can be tried and many have the same.
        """
        return hashlib.pbkdf2_hmac("sha256", self.url.reveal().encode(), b"ALERT_URLS", _ROUNDS).hex()[:6]

    def send(self, title: str, text: str) -> bool:
        """Whether it took the message. Never raises for what goes wrong on the way.

        It is given up after 30 seconds. Apprise's own limit leaves a thread behind that keeps the process from ending.
        """
        taken: list[bool] = []
        thread = threading.Thread(target=lambda: taken.append(self._deliver(title, text)), daemon=True)
        thread.start()
        thread.join(_SECONDS)
        return taken == [True]

    def _deliver(self, title: str, text: str) -> bool:
        with _silence():
            service = _service(self.url)
            if service is None:
                return False
            from apprise import Apprise, NotifyFormat

            messenger = Apprise(asset=service.asset)
            messenger.add(service)
            try:
                return bool(messenger.notify(title=title, body=text, body_format=NotifyFormat.TEXT))
            except Exception:  # whatever one of a hundred services raises; its text may quote the address
                return False


def channels(urls: Sequence[Secret]) -> tuple[Channel, ...]:
    """The channels with these addresses. Raises UsageError, without any, if some are not of Apprise's form."""
    found = tuple(
        Channel(position, url.reveal().partition("://")[0].lower(), url) for position, url in enumerate(urls, start=1)
    )
    with _silence():
        wrong = [channel for channel in found if _service(channel.url) is None]
    if wrong:
        named = ", ".join(map(str, wrong))
        raise UsageError(
            f"ALERT_URLS has {'a wrong address' if len(wrong) == 1 else 'wrong addresses'}: {named}.",
            "https://appriseit.com/services/ has the form of each kind; special characters are written as %XX.",
        )
    return found


def _service(url: Secret) -> Any:
    """What Apprise sends with; None if it does not understand the address."""
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(
        app_id="collector",
        app_desc="Zoom for JupiterOne",
        async_mode=False,
        http_redirects=False,
        pem_autogen=False,
        pgp_autogen=False,
        storage_mode="memory",
        allow_templates=False,
        secure_logging=True,
        service_timeout=0,  # `send` has one
    )
    try:
        return Apprise.instantiate(url.reveal(), asset=asset)
    except Exception:  # its text may quote the address
        return None


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing is logged, and nothing warned of, that could show an address."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled

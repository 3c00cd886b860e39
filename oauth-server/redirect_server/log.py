"""The server's log: one line per event, without secrets."""

from __future__ import annotations

import logging
import re
import traceback
from typing import TextIO

from collector.redaction import one_line

log = logging.getLogger("redirect_server")

_SECRET = re.compile(
    r"\b((?:code|state|code_verifier|access_token|refresh_token|client_secret)[\"']?\s*[=:]\s*[\"']?)[^\s&\"',}]+"
    r"|\b((?:Basic|Bearer)\s+)[A-Za-z0-9._~+/=-]+",
    re.IGNORECASE,
)


class _OneLine(logging.Formatter):
    """One line per record, with secret values masked."""

    def format(self, record: logging.LogRecord) -> str:
        moment = self.formatTime(record, "%H:%M:%S")
        text = _SECRET.sub(lambda found: f"{found[1] or found[2]}***", record.getMessage())
        return f"{moment} {one_line(text)}"


def log_to(stream: TextIO, *, verbose: bool) -> None:
    """Log to the stream. `verbose` adds the collector's own modules."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_OneLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    log.setLevel(logging.INFO)
    logging.getLogger("collector").setLevel(logging.DEBUG if verbose else logging.WARNING)
    # Authlib writes the code verifier at DEBUG; urllib3 writes paths.
    for name in ("authlib", "urllib3"):
        logging.getLogger(name).setLevel(logging.INFO)
    # waitress warns whenever a request waits for a thread.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def traceback_summary(failure: BaseException) -> str:
    """A failure's type and stack, without its text, which may quote secrets."""
    steps = traceback.extract_tb(failure.__traceback__)[-4:]
    way = " > ".join(f"{step.filename.rpartition('/')[2]}:{step.lineno} {step.name}" for step in steps)
    return f"{type(failure).__name__} at {way}"

"""Reads the body of an answer, within bounds: requests' time-out is about each read, not about the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import requests
import urllib3

from collector.clock import Clock

LONGEST_SECONDS = 120.0
"""A body that takes longer is given up, however steadily it drips."""
MOST_BYTES = 32 * 1024 * 1024
"""The largest page, of 300 users, has some 300 KB."""
_CHUNK = 64 * 1024


def read_body(response: requests.Response, clock: Clock) -> bytes:
    """The whole body, decoded, of a response that is streamed.

    Raises requests.RequestException when it breaks off, cannot be decoded, takes too long or holds too much.
    """
    try:
        return b"".join(_chunks(_reader(response), clock))
    except requests.RequestException:
        response.close()
        raise
    except urllib3.exceptions.ReadTimeoutError:
        response.close()
        raise requests.ReadTimeout("the answer stopped coming") from None
    except urllib3.exceptions.HTTPError as failure:
        response.close()
        raise requests.exceptions.ChunkedEncodingError(type(failure).__name__) from None


def _chunks(read: Callable[[int], bytes], clock: Clock) -> Iterator[bytes]:
    deadline = clock.monotonic() + LONGEST_SECONDS
    size = 0
    while chunk := read(_CHUNK):
        yield chunk
        size += len(chunk)
        if size > MOST_BYTES:
            raise requests.exceptions.ChunkedEncodingError(f"more than {MOST_BYTES} bytes")
        if clock.monotonic() > deadline:
            raise requests.ReadTimeout(f"not whole after {LONGEST_SECONDS:.0f} seconds")


def _reader(response: requests.Response) -> Callable[[int], bytes]:
    """Reads what has come already, at most so many bytes; empty at the end."""
    raw = response.raw
    if isinstance(raw, urllib3.HTTPResponse):
        return partial(raw.read1, decode_content=True)
    read: Callable[[int], bytes] = raw.read  # of tests
    return read

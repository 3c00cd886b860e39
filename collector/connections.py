"""Keep-alive HTTP connections, and answers read within limits of size and time."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3
from requests.auth import AuthBase

from collector import __version__
from collector.clock import Clock

USER_AGENT = f"zoom-jupiterone-collector/{__version__}"
CONNECT_SECONDS = 5.0
MAX_SECONDS = 120.0
"""A body that takes longer is given up: the timeout of requests is for each read only."""
MAX_BYTES = 32 * 1024 * 1024
"""Zoom's largest page, 300 users, has some 300 KB."""
_CHUNK = 64 * 1024
INVALID_ADDRESS = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema)
"""What `send` raises for an address, or a proxy's, that cannot be called: retrying does not help."""


class Bearer(AuthBase):
    """Sets the header itself, so that requests never looks for credentials elsewhere (netrc)."""

    def __init__(self, access_token: str) -> None:
        self._access_token = access_token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._access_token}"
        return request


@dataclass(frozen=True)
class Reply:
    """An answer with its whole body, decoded. `headers` are looked up without regard to case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Connections:
    """Sends requests; safe to share between threads.

    A session serves one caller at a time, the last used first, so no more connections are open than requests are in
    flight. Redirects are not followed, cookies not kept, and netrc is not read.
    """

    def __init__(
        self,
        clock: Clock,
        new_session: Callable[[], requests.Session] = requests.Session,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        self.reached = False
        """Whether any answer has come back yet."""
        self._clock = clock
        self._new_session = new_session
        self._connect_seconds = connect_seconds
        self._idle: defaultdict[str, deque[requests.Session]] = defaultdict(deque)

    def send(self, request: requests.Request, base: str, read_seconds: float) -> Reply:
        """Send a request whose URL begins with `base`. `read_seconds`: the timeout of each read.

        Raises requests.RequestException when no answer comes within the limits.
        """
        session = self._take(base)
        try:
            prepared = request.prepare()  # without the session, which would take a tenth of the call
            for name, value in session.headers.items():
                prepared.headers.setdefault(name, str(value))
            response = session.send(
                prepared,
                proxies=session.proxies,
                verify=session.verify,
                timeout=(self._connect_seconds, read_seconds),
                allow_redirects=False,
                stream=True,
            )
            self.reached = True
            return Reply(response.status_code, response.headers, read_body(response, self._clock))
        except (urllib3.exceptions.LocationValueError, UnicodeError) as failure:  # an impossible host name
            raise requests.exceptions.InvalidURL(type(failure).__name__) from None
        except urllib3.exceptions.HTTPError as failure:
            raise requests.RequestException(type(failure).__name__) from None
        finally:
            self._idle[base].append(session)

    def _take(self, base: str) -> requests.Session:
        try:
            return self._idle[base].pop()
        except IndexError:
            session = self._new_session()
        session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
        session.cookies.set_policy(DefaultCookiePolicy(netscape=False))
        # Proxy and CA variables are looked up once: a look-up takes as long as a call.
        try:
            environment = session.merge_environment_settings(base, {}, None, None, None)
        except ValueError:
            raise requests.exceptions.InvalidURL("not an address") from None
        session.proxies, session.verify = environment["proxies"], environment["verify"]
        session.trust_env = False
        return session


def never_sent(failure: requests.RequestException) -> bool:
    """Whether no connection was made, so nothing of the request can have arrived."""
    if isinstance(failure, requests.ConnectTimeout):
        return True
    reason = getattr(failure.args[0], "reason", None) if failure.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError)


def read_body(response: requests.Response, clock: Clock) -> bytes:
    """The whole body, decoded, of a streamed response.

    Raises requests.RequestException when it is truncated, cannot be decoded, takes too long or is too large.
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
    deadline = clock.monotonic() + MAX_SECONDS
    size = 0
    while chunk := read(_CHUNK):
        yield chunk
        size += len(chunk)
        if size > MAX_BYTES:
            raise requests.exceptions.ChunkedEncodingError(f"more than {MAX_BYTES} bytes")
        if clock.monotonic() > deadline:
            raise requests.ReadTimeout(f"not whole after {MAX_SECONDS:.0f} seconds")


def _reader(response: requests.Response) -> Callable[[int], bytes]:
    """A function that reads what has arrived, at most n bytes; empty at the end."""
    raw = response.raw
    if isinstance(raw, urllib3.HTTPResponse):
        return partial(raw.read1, decode_content=True)
    read: Callable[[int], bytes] = raw.read  # of tests
    return read

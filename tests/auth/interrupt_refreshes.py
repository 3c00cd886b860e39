"""Children that refresh without end, each ended by a signal at a random moment.

`python interrupt_refreshes.py FOLDER OAUTH_URL TIMES SEED SIGNAL…`: the signals take turns. After each the file must be
whole and the lock free. Prints how the children ended as JSON: {"-15": 20, …}.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from collector.auth import OAuthClient, SignInTokenSource, TokenFile
from collector.clock import SystemClock
from collector.redaction import Secret

LONGEST_LIFE = 0.02

folder, oauth_url, times, seed, *signals = sys.argv[1:]
client = OAuthClient("client-id-1234", Secret("client-secret"), oauth_url)
file = TokenFile(Path(folder), "default")
randomness = random.Random(int(seed))


STOPS = {signal.SIGINT, signal.SIGTERM}


def refresh_without_end(ready: int) -> None:
    code = 1
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        source = SignInTokenSource(client, file, SystemClock(), random.Random())
        os.write(ready, b".")
        while True:
            source.refresh()
    except KeyboardInterrupt:
        code = 130
    finally:
        os._exit(code)


def begin() -> int:
    """The process id of a child that is about to refresh.

    What Python does around a fork swallows exceptions, so signals come after it.
    """
    begun, ready = os.pipe()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    child = os.fork()
    if child == 0:
        refresh_without_end(ready)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    os.read(begun, 1)
    os.close(begun)
    os.close(ready)
    return child


def end(child: int, number: int) -> int:
    """The child's exit code. A signal that came while an object was being finalized is lost, so it is repeated."""
    for wait in range(10_000):
        if wait % 1000 == 0:
            os.kill(child, number)
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    raise AssertionError("it does not end")


def let_one_refresh_through() -> None:
    """However busy the computer is, some children get somewhere before they end."""
    before = file.load().generation
    for _ in range(10_000):
        if file.load().generation > before:
            return
        time.sleep(0.001)
    raise AssertionError("it does not refresh")


endings: Counter[int] = Counter()
for turn in range(int(times)):
    child = begin()
    if turn % 10 == 0:
        let_one_refresh_through()
    time.sleep(randomness.uniform(0, LONGEST_LIFE))
    endings[end(child, getattr(signal, signals[turn % len(signals)]))] += 1
    assert file.load() is not None
    with file.locked(SystemClock(), patience=0.0):
        pass
print(json.dumps(endings))

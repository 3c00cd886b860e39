"""A process of its own that wants tokens: `python ask_for_tokens.py FOLDER OAUTH_URL THREADS`.

It says `ready`, waits for a line, lets its threads ask together and prints the access tokens as JSON.
"""

import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collector.auth import ServerToServerTokenSource, TokenFile
from collector.clock import SystemClock
from collector.redaction import Secret

folder, oauth_url, threads = sys.argv[1:]
source = ServerToServerTokenSource(
    "client-id-1234",
    Secret("client-secret"),
    "account-id",
    oauth_url,
    TokenFile(Path(folder), "default"),
    SystemClock(),
    random.Random(),
)
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(int(threads)) as pool:
    tokens = [call.result() for call in [pool.submit(source.token) for _ in range(int(threads))]]
print(json.dumps([token.access_token for token in tokens]))

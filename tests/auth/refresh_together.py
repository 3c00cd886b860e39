"""A process of its own that wants tokens: `python refresh_together.py FOLDER OAUTH_URL THREADS`.

For every line it reads it lets its threads ask together, as a new process would, and prints the access tokens as JSON.
"""

import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collector.auth import OAuthClient, SignInTokenSource, TokenFile
from collector.clock import SystemClock
from collector.redaction import Secret

folder, oauth_url, threads = sys.argv[1:]
client = OAuthClient("client-id-1234", Secret("client-secret"), oauth_url)
print("ready", flush=True)
with ThreadPoolExecutor(int(threads)) as pool:
    for _ in sys.stdin:
        source = SignInTokenSource(client, TokenFile(Path(folder), "default"), SystemClock(), random.Random())
        calls = [pool.submit(source.token) for _ in range(int(threads))]
        print(json.dumps([call.result().access_token for call in calls]), flush=True)

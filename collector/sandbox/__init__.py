"""A local Zoom for trials, demos and tests, independent of the client: it shares no code with it.

    account = generate_account(users=250)
    sandbox = Sandbox(account)
    with sandbox.serve() as url:
        settings = sandbox.environment(url)  # of a Server-to-Server app
        settings = sandbox.browser_environment(url)  # of an app authorized in the browser

What it does follows Zoom's developer docs, published API descriptions and recorded answers, not what our
client likes.
"""

from __future__ import annotations

from collector.sandbox.account import Account
from collector.sandbox.browser import NotRedirected
from collector.sandbox.calls import Call
from collector.sandbox.canaries import CANARY, PMI_CANARY
from collector.sandbox.directory import Group, Role, User
from collector.sandbox.fault import Fault
from collector.sandbox.generation import generate_account, let_a_day_pass, manage_centrally
from collector.sandbox.sandbox import Sandbox
from collector.sandbox.served import CLASSIC_SCOPES, GRANULAR_SCOPES, serves

__all__ = [
    "CANARY",
    "CLASSIC_SCOPES",
    "GRANULAR_SCOPES",
    "PMI_CANARY",
    "Account",
    "Call",
    "Fault",
    "Group",
    "NotRedirected",
    "Role",
    "Sandbox",
    "User",
    "generate_account",
    "let_a_day_pass",
    "manage_centrally",
    "serves",
]

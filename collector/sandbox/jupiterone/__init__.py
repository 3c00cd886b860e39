"""A local JupiterOne to try, show and test against: an independent stand-in that shares no code with the client.

    sandbox = JupiterOneSandbox()
    instance = sandbox.add_instance("Example Ltd")
    with sandbox.serve() as url:
        settings = sandbox.environment(url)
        ...
    sandbox.entities()

What it does follows JupiterOne's public docs, SDK and clients, not what our client likes. Where those are silent, it
takes the stricter reading: a finalized or ended job refuses everything but being asked for, and a `_key` that is
uploaded twice in a job is an error.
"""

from __future__ import annotations

from collector.sandbox.jupiterone.faults import Fault, FaultKind
from collector.sandbox.jupiterone.instances import CUSTOM_DEFINITION_ID, ZOOM_DEFINITION_ID, Instance
from collector.sandbox.jupiterone.jobs import Event, Job
from collector.sandbox.jupiterone.request_handler import Request
from collector.sandbox.jupiterone.sandbox import JupiterOneSandbox

__all__ = [
    "CUSTOM_DEFINITION_ID",
    "ZOOM_DEFINITION_ID",
    "Event",
    "Fault",
    "FaultKind",
    "Instance",
    "Job",
    "JupiterOneSandbox",
    "Request",
]

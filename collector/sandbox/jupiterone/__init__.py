"""A local JupiterOne for trials, demos and tests, independent of the client: it shares no code with it.

    sandbox = JupiterOneSandbox()
    instance = sandbox.add_instance("Example Ltd")
    with sandbox.serve() as url:
        settings = sandbox.environment(url)
        ...
    sandbox.entities()

It follows JupiterOne's public docs, SDK and clients. Where those are silent, it is strict: a finalized or ended job
accepts nothing but status requests, and a `_key` that is uploaded twice in a job is an error. It answers only what the
collector asks, and refuses the rest by name.
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

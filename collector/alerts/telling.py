"""Tells the channels what is new: records it, sends, and records who took the message.

If the process dies between sending and recording, the message comes again; it is never lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.alerts.channels import Channel
from collector.alerts.findings import Findings
from collector.alerts.message import compose, recorded
from collector.alerts.since import new_since_run
from collector.clock import Clock, milliseconds
from collector.errors import ExitCode
from collector.model.graph_schema import GraphSchema
from collector.store import AlertRecord, Store


@dataclass(frozen=True)
class AlertReport:
    """What became of the alerts of a run.

    `findings`: what was new, None if nothing has been collected. `told`: the channels that took a message, `failed`:
    those that did not and are told at the next run; the others had nothing to be told. `problem`: why nothing could be
    found or sent, "" if that is not so.
    """

    findings: Findings | None
    told: tuple[Channel, ...] = ()
    failed: tuple[Channel, ...] = ()
    problem: str = ""

    @property
    def exit_code(self) -> ExitCode:
        """3 if something could not be sent."""
        return ExitCode.INCOMPLETE if self.failed or self.problem else ExitCode.COMPLETE

    @property
    def problems(self) -> list[str]:
        """What could not be sent, in sentences."""
        said = [
            f"Channel {each} of ALERT_URLS did not take the alerts; the next run sends them." for each in self.failed
        ]
        return [*said, *([f"Alerts could not be sent: {self.problem}"] if self.problem else [])]


def tell(
    store: Store,
    schema: GraphSchema,
    channels: Sequence[Channel],
    clock: Clock,
    *,
    interval: float | None,
    profile: str = "",
) -> AlertReport:
    """Tell each channel, in one message, what it has not been told.

    That is what is new since the graph compared last, and what an earlier message said that failed. A channel that is
    configured for the first time is told what is new from now on, and what waits for one whose place it takes.
    """
    log = store.alerts
    ids = [channel.id for channel in channels]
    findings = new_since_run(store, schema, clock, log.compared_run, interval)
    if findings is not None:
        log.hand_over(ids)
        log.record(findings.until.id, _records(store, findings), ids, milliseconds(clock.now()))
    told: list[Channel] = []
    failed: list[Channel] = []
    for channel in channels:
        waiting = log.waiting(channel.id)
        if waiting:
            message = compose(list(waiting.values()), profile)
            if channel.send(message.title, message.text):
                log.told(waiting, milliseconds(clock.now()))
                told.append(channel)
            else:
                failed.append(channel)
    return AlertReport(findings, tuple(told), tuple(failed))


def _records(store: Store, findings: Findings) -> list[AlertRecord]:
    since = findings.until.id if findings.since is None else findings.since.id
    return [
        AlertRecord(findings.until.id, since, each.rule.id, each.key, recorded(each))
        for each in findings.found
        if not (each.key.startswith("run:") and store.alerts.knows(each.rule.id, each.key))
    ]

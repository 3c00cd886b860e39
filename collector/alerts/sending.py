"""Sends the channels what is new: records it, sends, and records which channel took the message.

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
from collector.settings.profile import Profile, alerts_lock
from collector.store import AlertRecord, Store


@dataclass(frozen=True)
class AlertReport:
    """What became of the alerts of a run.

    `findings`: what is new, None if nothing has been collected. `sent_to`: the channels that took a message, `failed`:
    those that did not, and get it with the next run; there was nothing to send to the others. `problem`: why nothing
    could be found or sent, else "".
    """

    findings: Findings | None
    sent_to: tuple[Channel, ...] = ()
    failed: tuple[Channel, ...] = ()
    problem: str = ""

    @property
    def exit_code(self) -> ExitCode:
        """3 if something could not be sent."""
        return ExitCode.INCOMPLETE if self.failed or self.problem else ExitCode.COMPLETE

    @property
    def problems(self) -> list[str]:
        """What could not be sent, in sentences."""
        failed = [
            f"Channel {each} of ALERT_URLS did not take the alerts; the next run sends them." for each in self.failed
        ]
        return [*failed, *([f"Alerts could not be sent: {self.problem}"] if self.problem else [])]


def send_alerts(
    profile: Profile, schema: GraphSchema, channels: Sequence[Channel], clock: Clock, *, interval: float | None
) -> AlertReport:
    """Send each channel, in one message, what it has not received. `interval`: of polling, in seconds.

    That is what is new since the graph compared last, and what an earlier message said that failed. A channel that is
    configured for the first time gets what is new from now on, and what waits for one that it replaces.

    Raises ProfileBusy while another process sends, since both would send the same, and Interrupted.
    """
    if not Store.exists(profile.store_path):
        return AlertReport(None)
    with Store.open_existing(profile.store_path) as store, alerts_lock(profile):
        return send_new(store, schema, channels, clock, interval=interval, profile=profile.name_to_give)


def send_new(
    store: Store,
    schema: GraphSchema,
    channels: Sequence[Channel],
    clock: Clock,
    *,
    interval: float | None,
    profile: str = "",
) -> AlertReport:
    """The same for an open store that nobody else sends from."""
    log = store.alerts
    by_id = {channel.id: channel for channel in reversed(channels)}  # an address that is listed twice gets it once
    findings = new_since_run(store, schema, clock, log.compared_run, interval)
    if findings is not None:
        log.hand_over(list(by_id))
        log.record(findings.until.id, _records(store, findings), list(by_id), milliseconds(clock.now()))
    sent_to: list[Channel] = []
    failed: list[Channel] = []
    for channel in sorted(by_id.values(), key=lambda each: each.position):
        waiting = log.waiting(channel.id)
        if waiting:
            clock.wait(0)  # raises Interrupted if the process was asked to stop
            message = compose(list(waiting.values()), profile)
            if channel.send(message.title, message.text):
                log.mark_sent(waiting, milliseconds(clock.now()))
                sent_to.append(channel)
            else:
                failed.append(channel)
    return AlertReport(findings, tuple(sent_to), tuple(failed))


def _records(store: Store, findings: Findings) -> list[AlertRecord]:
    """What is found, without a late collection that was recorded before."""
    since = findings.until.id if findings.since is None else findings.since.id
    return [
        AlertRecord(findings.until.id, since, each.rule.id, each.key, recorded(each))
        for each in findings.found
        if not (each.key.startswith("run:") and store.alerts.knows(each.rule.id, each.key))
    ]

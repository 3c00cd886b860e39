"""The numbers of the page as JSON."""

from __future__ import annotations

from collector.report.data import Report, SettingView


def report_to_json(report: Report) -> dict[str, object]:
    """The numbers, each as `collector query` and `collector questions run` count it. Times: milliseconds since 1970."""
    people = report.people
    return {
        "account": report.account,
        "run": report.run.id,
        "readAt": report.run.ended_at,
        "notRead": [
            {
                "step": each.step,
                "dataset": each.dataset,
                "status": each.status.value,
                "missing": each.missing,
                "stale": each.stale,
                "reason": each.reason,
                "nextStep": each.next_step,
                "scopes": list(each.scopes),
            }
            for each in report.not_read
        ],
        "people": {
            "total": people.total,
            "byStatus": dict(people.by_status),
            "byLicence": dict(people.by_licence),
            "admin": dict(people.by_admin),
            "inNoGroup": people.in_no_group,
            "inNoRole": people.in_no_role,
            "withStaleSettings": people.stale,
        },
        "groups": [{"key": each.key, "name": each.name, "members": each.count} for each in report.groups],
        "roles": [
            {"key": each.key, "name": each.name, "admin": each.is_admin, "people": each.count} for each in report.roles
        ],
        "questions": [
            {
                "id": answer.question.id,
                "title": answer.question.title,
                "counts": {each.results_are: each.count for each in answer.found},
                "complete": answer.complete,
                "warnings": list(answer.warnings),
            }
            for answer in report.answers
        ],
        "settings": [_setting(each) for each in report.settings if each.distribution is not None],
        "changes": None
        if report.changes is None
        else {
            "sinceRun": report.changes.since.id,
            "counts": [{"kind": kind, "type": type_, "count": count} for kind, type_, count in report.changes.counts],
            "notCompared": list(report.changes.not_compared),
        },
        "distinctSettingsDocuments": report.distinct_documents,
    }


def _setting(view: SettingView) -> dict[str, object]:
    distribution = view.distribution
    return {
        "setting": view.path,
        "property": view.name,
        "values": [] if distribution is None else [[value, count] for value, count in distribution.by_value],
        "without": 0 if distribution is None else distribution.without,
        "unread": view.unread,
    }

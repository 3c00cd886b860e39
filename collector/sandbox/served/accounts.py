"""What administrators set for the whole account (Zoom developer docs, accounts)."""

from __future__ import annotations

from collector.sandbox.backend import Backend, requested_option
from collector.sandbox.endpoints import Endpoint
from collector.sandbox.errors import account_does_not_exist
from collector.sandbox.paging import ListQuery
from collector.sandbox.responses import json_bytes

_SETTINGS_OPTIONS = ("", "meeting_authentication", "recording_authentication", "security", "meeting_security")
_LOCK_OPTIONS = ("", "meeting_security")


def _settings(zoom: Backend, account_id: str, query: ListQuery) -> bytes:
    _check(zoom, account_id)
    return json_bytes(zoom.account.levels.settings(requested_option(query, _SETTINGS_OPTIONS)))


def _lock_settings(zoom: Backend, account_id: str, query: ListQuery) -> bytes:
    _check(zoom, account_id)
    return json_bytes(zoom.account.levels.locks(requested_option(query, _LOCK_OPTIONS)))


def _managed_domains(zoom: Backend, account_id: str, _: ListQuery) -> bytes:
    _check(zoom, account_id)
    domains = [{"domain": domain, "status": "verified"} for domain in zoom.account.levels.managed_domains]
    return json_bytes({"domains": domains, "total_records": len(domains)})


def _trusted_domains(zoom: Backend, account_id: str, _: ListQuery) -> bytes:
    _check(zoom, account_id)
    return json_bytes({"trusted_domains": list(zoom.account.levels.trusted_domains)})


def _check(zoom: Backend, account_id: str) -> None:
    if account_id not in ("me", zoom.account.id):
        raise account_does_not_exist(account_id)


_READ = ("account:read:admin",)

ENDPOINTS = (
    Endpoint(
        "/accounts/<account_id>/settings",
        "Medium",
        _READ,
        ("account:read:settings:admin", "account:read:settings:master"),
        "AccountSetting",
        _settings,
        account_does_not_exist,
    ),
    Endpoint(
        "/accounts/<account_id>/lock_settings",
        "Medium",
        _READ,
        ("account:read:lock_settings:master",),
        "AccountSetting",
        _lock_settings,
        account_does_not_exist,
    ),
    Endpoint(
        "/accounts/<account_id>/managed_domains",
        "Light",
        _READ,
        ("account:read:managed_domains:master",),
        "AccountSetting",
        _managed_domains,
        account_does_not_exist,
    ),
    Endpoint(
        "/accounts/<account_id>/trusted_domains",
        "Light",
        _READ,
        ("account:read:trusted_domains:master",),
        "AccountSetting",
        _trusted_domains,
        account_does_not_exist,
    ),
)

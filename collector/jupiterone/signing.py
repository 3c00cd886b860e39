"""The credentials of a request."""

from __future__ import annotations

import requests
from requests.auth import AuthBase

from collector.errors import UsageError
from collector.redaction import Secret


class ApiKey(AuthBase):
    """Signs a request itself, so that requests never looks for credentials elsewhere (netrc).

    Newer servers read `JupiterOne-Account`, older ones `LifeOmic-Account` (JupiterOne SDK 9, Terraform provider).
    Raises UsageError when the key or the account cannot be a header's value.
    """

    def __init__(self, account: str, api_key: Secret) -> None:
        for setting, text in (("JUPITERONE_ACCOUNT", account), ("JUPITERONE_API_KEY", api_key.reveal())):
            if not text or not text.isascii() or not text.isprintable() or " " in text:
                raise UsageError(
                    f"{setting} is empty or has characters that JupiterOne never uses there.",
                    f"Copy it from JupiterOne again and set {setting}.",
                )
        self._account = account
        self._api_key = api_key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._api_key.reveal()}"
        request.headers["JupiterOne-Account"] = self._account
        request.headers["LifeOmic-Account"] = self._account
        return request


class Anonymous(AuthBase):
    """No credentials at all, not even those of netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request

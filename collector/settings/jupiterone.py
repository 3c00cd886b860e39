"""The JupiterOne settings; none is needed to collect."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from collector.redaction import Secret
from collector.settings.reader import Reader

DEFAULT_API_URL = "https://api.us.jupiterone.io"
_API_PATHS = ("/persister/synchronization/jobs", "/persister/synchronization", "/persister", "/graphql")
JUPITERONE_NAMES = (
    "JUPITERONE_ACCOUNT",
    "JUPITERONE_API_KEY",
    "JUPITERONE_INTEGRATION_INSTANCE_ID",
    "JUPITERONE_API_BASE_URL",
    "JUPITERONE_GRAPHQL_URL",
)


@dataclass(frozen=True)
class JupiterOneSettings:
    """The account to upload to.

    `instance_id` wins over the one the profile remembers. `api_url` is the base address of the REST API, without a
    trailing slash; `graphql_url` the whole address of GraphQL.
    """

    account: str | None = None
    api_key: Secret | None = None
    instance_id: str | None = None
    api_url: str = DEFAULT_API_URL
    graphql_url: str = "https://graphql.us.jupiterone.io"


def read_jupiterone(reader: Reader) -> JupiterOneSettings:
    """The settings whose names begin with JUPITERONE."""
    api_url = reader.base_address("JUPITERONE_API_BASE_URL", _API_PATHS, ("jupiterone.io",)) or DEFAULT_API_URL
    return JupiterOneSettings(
        account=reader.credential("JUPITERONE_ACCOUNT"),
        api_key=reader.secret("JUPITERONE_API_KEY"),
        instance_id=reader.credential("JUPITERONE_INTEGRATION_INSTANCE_ID"),
        api_url=api_url,
        graphql_url=_graphql_url(reader) or graphql_url_beside(api_url),
    )


def _graphql_url(reader: Reader) -> str | None:
    """JupiterOne's own GraphQL hosts answer at their root (JupiterOne docs, "GraphQL API")."""
    given = reader.address("JUPITERONE_GRAPHQL_URL")
    if given is None or not (urlsplit(given).hostname or "").startswith("graphql."):
        return given
    return reader.base_address("JUPITERONE_GRAPHQL_URL", ("/graphql",), ("jupiterone.io",))


def graphql_url_beside(api_url: str) -> str:
    """The GraphQL address that belongs to a REST API's base address.

    `https://api.eu.jupiterone.io` → `https://graphql.eu.jupiterone.io`; for other hosts `/graphql` below the base,
    where JupiterOne used to have it (JupiterOne's Python client).
    """
    host = urlsplit(api_url).netloc
    if host.startswith("api."):
        return api_url.replace("://api.", "://graphql.", 1)
    return f"{api_url}/graphql"

"""Getting a Zoom access token and keeping it; nothing here calls Zoom's API.

token_source.py      what the rest of the program sees: `TokenSource` gives a `Token` and renews it
environment.py       a token somebody put into ZOOM_ACCESS_TOKEN
server_to_server.py  a token the program asks for itself, cached in the profile
signed_in.py         a token from a browser sign-in, refreshed before it ends
renewal.py           spends a refresh token, and says what happened when that fails
single_flight.py     one thread asks, the others share
deferred_signals.py  Ctrl-C and SIGTERM wait for the critical moment to pass
status.py            how the stored sign-in stands, without asking anybody
oauth_client.py      the app, public or with a secret
token_endpoint.py    the one place that speaks to Zoom's token endpoint, through Authlib
token_answer.py      what the endpoint may answer, and what is refused
refusals.py          what it means when the endpoint says no, in words, with the one thing to change
token_file.py        token.json of a profile: lock, load, save
token_document.py    the content of token.json
"""

from collector.auth.configured import EnvironmentTokenSource
from collector.auth.oauth_client import OAuthClient
from collector.auth.server_to_server import ServerToServerTokenSource
from collector.auth.sign_in_tokens import SignInTokenSource
from collector.auth.status import StoredSignIn, stored_sign_in
from collector.auth.stored_token import StoredToken
from collector.auth.token_endpoint import TokenEndpoint
from collector.auth.token_file import TokenFile
from collector.auth.token_source import Token, TokenSource

__all__ = [
    "EnvironmentTokenSource",
    "OAuthClient",
    "ServerToServerTokenSource",
    "SignInTokenSource",
    "StoredSignIn",
    "StoredToken",
    "Token",
    "TokenEndpoint",
    "TokenFile",
    "TokenSource",
    "stored_sign_in",
]

"""Obtains and stores Zoom access tokens. Apart from asking who signed in, nothing here calls Zoom's API.

token_source.py      what the rest of the program sees: `TokenSource` gives a `Token` and renews it
configured.py        the token source the configuration names; a token from ZOOM_ACCESS_TOKEN
server_to_server.py  tokens of a Server-to-Server app, cached in the profile
sign_in_tokens.py    tokens of a browser sign-in, refreshed before they expire
renewal.py           uses a refresh token, saves the answer, explains a refusal
signin.py            a browser sign-in: authorization URL, code exchange, save, revoke, forget
identity.py          who signed in
status.py            the state of the stored sign-in, without asking Zoom
oauth_client.py      the app, public or with a secret
token_endpoint.py    calls Zoom's token endpoint, through Authlib
token_response.py    the endpoint's answer, checked field by field
token_errors.py      what a refusal of the endpoint means, and what to do about it
token_file.py        token.json of a profile: lock, load, save
stored_token.py      the content of token.json
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

"""Getting a Zoom access token and keeping it; nothing here calls Zoom's API.

token_source.py      what the rest of the program sees: `TokenSource` gives a `Token` and renews it
environment.py       a token somebody put into ZOOM_ACCESS_TOKEN
server_to_server.py  a token the program asks for itself, cached in the profile
token_endpoint.py    the one place that speaks to Zoom's token endpoint, through Authlib
token_answer.py      what the endpoint may answer, and what is refused
refusals.py          Zoom's refusals in words, with the one thing to change
token_file.py        token.json of a profile: lock, load, save
token_document.py    the content of token.json
private_files.py     folders 0700, files 0600, replaced whole or not at all
"""

from collector.auth.environment import EnvironmentToken
from collector.auth.server_to_server import ServerToServer
from collector.auth.token_file import TokenFile
from collector.auth.token_source import Token, TokenSource

__all__ = ["EnvironmentToken", "ServerToServer", "Token", "TokenFile", "TokenSource"]

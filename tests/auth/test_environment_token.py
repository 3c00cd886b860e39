"""ZOOM_ACCESS_TOKEN is used as it is."""

import pytest

from collector.auth import EnvironmentTokenSource, Token, TokenSource
from collector.errors import SignInRequired
from collector.redaction import Secret


def test_is_used_as_it_is_with_unknown_scopes_and_host():
    source: TokenSource = EnvironmentTokenSource(Secret("given"))
    assert source.token() == Token("given", scopes=None, api_url=None)


def test_cannot_be_renewed():
    source = EnvironmentTokenSource(Secret("given"))
    with pytest.raises(SignInRequired, match="ZOOM_ACCESS_TOKEN was refused by Zoom") as refusal:
        source.renew(source.token())
    assert "ZOOM_ACCESS_TOKEN" in refusal.value.next_step
    assert "given" not in str(refusal.value) + refusal.value.next_step


def test_repr_of_a_token_leaves_the_access_token_out():
    assert "given" not in repr(Token("given", None, "https://x.us"))

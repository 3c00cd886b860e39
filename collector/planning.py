"""What `collector plan` does: from settings to a token, and through the first answers to a plan; nothing is stored."""

from __future__ import annotations

import random

from collector.clock import Clock
from collector.collection import current_token, token_source, zoom_client
from collector.engine.choice import EVERYTHING, Choice
from collector.engine.collect import check_steps
from collector.engine.plan import CollectionPlan, make_plan
from collector.resources import all_resources
from collector.settings import Settings
from collector.zoom.pacing import Plan


def plan_account(
    settings: Settings, *, clock: Clock, randomness: random.Random, choice: Choice = EVERYTHING
) -> CollectionPlan:
    """Foresee the collection of this configuration's account.

    Raises UsageError, SignInRequired, DailyLimitReached, Interrupted, or CollectionFailed when nothing could be read.
    """
    resources = all_resources()
    check_steps(resources, choice.steps or ())
    tokens = token_source(settings, clock, randomness)
    token = current_token(tokens, resources)
    client = zoom_client(settings, tokens, clock, randomness)
    return make_plan(client, resources, token.scopes, choice, free_plan=settings.plan is Plan.FREE)

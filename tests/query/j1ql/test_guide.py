"""The questions in docs/asking.md are understood, and answered as the evaluator answers them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.clock import SystemClock
from collector.query.j1ql import Question, ask
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import RunGraph, Store
from tests.collect.profile import collected_store

from .evaluator import evaluate
from .test_random_queries import strict

GUIDE = (Path(__file__).parents[3] / "docs" / "asking.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^```j1ql\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)

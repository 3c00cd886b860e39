"""Every endpoint × every fault, as fault_table.md states it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.errors import CollectorError
from collector.model.coverage import Status
from collector.resources import all_resources
from collector.sandbox import GRANULAR_SCOPES
from collector.store import RunRecord

from .fault_table import (
    ALWAYS,
    DATASETS,
    FOR_ALL,
    KINDS,
    LASTING,
    NEVER,
    ONCE,
    PLACES,
    SETTINGS,
    TABLE,
    DatasetOutcome,
    Row,
    declared_endpoints,
    read_table,
)
from .two_days import TwoDays, in_small_steps

ROWS = list(read_table(TABLE.read_text(encoding="utf-8")))
GONE = {f"known {name} missing from the lists" for name in ("users", "groups", "roles")}


@pytest.fixture(scope="module")
def _small_steps() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        in_small_steps(patch)
        yield


@pytest.fixture(scope="module")
def needed(_small_steps: None, tmp_path_factory: pytest.TempPathFactory) -> TwoDays:
    """Two days with the scopes that are needed."""
    return TwoDays(tmp_path_factory.mktemp("needed"))


@pytest.fixture(scope="module")
def optional(_small_steps: None, tmp_path_factory: pytest.TempPathFactory) -> TwoDays:
    """Two days with those of the optional documents, too."""
    return TwoDays(tmp_path_factory.mktemp("optional"), GRANULAR_SCOPES)


def test_the_table_is_about_every_endpoint() -> None:
    assert declared_endpoints(all_resources()) <= PLACES.keys()
    assert {row.endpoint for row in ROWS} == PLACES.keys()


def test_every_pair_is_listed() -> None:
    """Every endpoint with every fault; once and always, where a retry can fix it."""
    listed = {(row.endpoint, row.fault, _frequency(row)) for row in ROWS}
    for endpoint in PLACES:
        for fault in KINDS:
            found = {frequency for at, what, frequency in listed if (at, what) == (endpoint, fault)}
            required = {ALWAYS} if fault in LASTING else {ONCE, ALWAYS}
            assert found == {NEVER} or required <= found, f"{endpoint} × {fault}"


def test_no_pair_is_listed_twice() -> None:
    assert [row for row, times in Counter(map(str, ROWS)).items() if times > 1] == []


def test_what_cannot_occur_has_a_reason() -> None:
    assert all(len(row.outcome[1].split()) > 3 for row in ROWS if row.how_often == NEVER)


def test_the_news_are_many(needed: TwoDays, optional: TwoDays) -> None:
    """Something changes in every list, member list and document, so that reading it or not makes a difference."""
    entities = {"account", "bob", "eve", "ivo", "pam", "Sales", "Support", "Auditor", "Planner"}
    documents = {f"ada's {part}" for part in SETTINGS} | {"Helpdesk's privileges", "cyd's isAdmin"}
    relationships = {"cyd in Engineering", "max in Engineering", "max as Helpdesk", "max as Member"}
    assert entities | documents | relationships <= needed.news
    of_account = (
        *DATASETS["the account's settings"],
        *DATASETS["the account's locks"],
        "managed_domains",
        "trusted_domains",
    )
    of_groups = *DATASETS["the groups' settings"], *DATASETS["the groups' locks"]
    above = {f"account's {part}" for part in of_account} | {f"Engineering's {part}" for part in of_groups}
    assert above <= optional.news


@pytest.mark.parametrize("row", [row for row in ROWS if row.how_often != NEVER], ids=str)
def test_fault(row: Row, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    two_days: TwoDays = request.getfixturevalue("optional" if PLACES[row.endpoint].optional else "needed")
    faults = two_days.profile.sandbox.faults
    struck_before = faults.applied[KINDS[row.fault]]
    with two_days.begin(tmp_path):
        faults.add(*row.faults(two_days.path))
        exit_code, record = _collect(two_days, row)
        assert faults.applied[KINDS[row.fault]] > struck_before
        assert exit_code == row.exit_code
        assert (record is not None) == row.expects_run
        if record is not None:
            assert record.exit_code == row.exit_code
            assert _outcomes(record, row) == row.coverage
            assert record.partial_types == row.partial_types
            assert {entry.oldest for entry in record.coverage if entry.stale} <= {two_days.first.started_at}
        assert _unlike(two_days.graph(), _expected_graph(row, two_days)) == {}
        faults.clear()
        assert two_days.heals()


def _collect(two_days: TwoDays, row: Row) -> tuple[int, RunRecord | None]:
    """The exit code, and the record of the run if one was written."""
    try:
        record = two_days.collect(PLACES[row.endpoint].configured_account)
    except CollectorError as failure:
        latest = two_days.profile.store.latest_run()
        return failure.exit_code, latest if latest is not None and latest.id > two_days.first.id else None
    return record.exit_code, record


def _outcomes(record: RunRecord, row: Row) -> dict[str, DatasetOutcome]:
    """The datasets that differ from a run without faults, in which bob, Sales and Auditor are removed."""
    found = {}
    for entry in record.coverage:
        expected = row.coverage.get(entry.dataset)
        read = entry.read if expected is not None and expected.read is not None else None
        outcome = DatasetOutcome(
            entry.status.value, entry.stale, entry.missing, entry.deleted_meanwhile, entry.unavailable, read
        )
        if entry.status is Status.NOT_GRANTED and not PLACES[row.endpoint].optional:
            continue
        if outcome != DatasetOutcome("complete", deleted_meanwhile=1 if entry.dataset in GONE else 0):
            found[entry.dataset] = outcome
    return found


def _expected_graph(row: Row, two_days: TwoDays) -> dict[str, str]:
    """Tuesday's graph, with Monday's facts where they stay."""
    remains = row.remains(two_days.news)
    graph = {name: value for name, value in two_days.now.items() if name not in remains}
    graph.update({name: value for name, value in two_days.earlier.items() if name in remains})
    return graph


def _unlike(found: dict[str, str], expected: dict[str, str]) -> dict[str, tuple[str | None, str | None]]:
    """The elements that differ: as they are, as they should be."""
    names = found.keys() | expected.keys()
    return {name: (found.get(name), expected.get(name)) for name in names if found.get(name) != expected.get(name)}


def _frequency(row: Row) -> str:
    return ALWAYS if row.how_often == FOR_ALL else row.how_often

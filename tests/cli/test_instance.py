"""`collector instance`: what it makes, says and returns; each verb twice without harm."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from filelock import FileLock

from collector.errors import CollectionFailed, ProfileBusy
from collector.jupiterone.instances import CUSTOM_DEFINITION_ID
from collector.sandbox import Sandbox
from collector.sandbox.jupiterone import ZOOM_DEFINITION_ID, Fault, JupiterOneSandbox
from collector.store import Store

from .conftest import Command, Outcome, configure, served_jupiterone


@pytest.fixture(autouse=True)
def nobody_at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())


def answering(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """Somebody is at the terminal and types this."""
    typed = io.StringIO(f"{answer}\n")
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", typed)


def shown(collector: Command, *arguments: str) -> dict[str, object]:
    outcome = collector("instance", "show", "--json", *arguments)
    assert outcome.code == 0, outcome.err
    value: dict[str, object] = json.loads(outcome.out)
    return value


def refused(outcome: Outcome, *said: str) -> None:
    """It changed nothing, and says what is there and what to do."""
    assert (outcome.code, outcome.out) == (2, "")
    assert [words for words in said if words not in outcome.err] == []
    assert "\nNext: " in outcome.err


class TestCreate:
    def test_it_is_made_and_remembered(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        outcome = collector(
            *("instance", "create", "--account-name", "Example Ltd", "--description", "Zoom of the sales team"),
            *("--polling-interval", "one_day", "--tag-with-account-name"),
        )
        (made,) = jupiterone.instances
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out.splitlines() == [
            f'Created the integration instance "Example Ltd": {made.id}',
            f'The profile "default" remembers it. Another computer needs JUPITERONE_INTEGRATION_INSTANCE_ID={made.id}.',
            "Next: `collector sync --dry-run` shows what would be uploaded. If nothing has been collected yet, run "
            "`collector collect` first.",
        ]
        assert (made.name, made.description, made.polling_interval, made.definition_id, made.config) == (
            "Example Ltd",
            "Zoom of the sales team",
            "ONE_DAY",
            CUSTOM_DEFINITION_ID,
            {"@tag": {"AccountName": True}},
        )
        assert shown(collector)["id"] == made.id

    def test_what_is_not_said_comes_from_the_settings(
        self, collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        configure(
            monkeypatch,
            {"ACCOUNT_NAME": "Example Ltd", "POLLING_INTERVAL": "FOUR_HOURS", "TAG_WITH_ACCOUNT_NAME": "true"},
        )
        made = json.loads(collector("instance", "create", "--json").out)
        assert made == {
            "id": jupiterone.instances[0].id,
            "name": "Example Ltd",
            "description": "",
            "pollingInterval": "FOUR_HOURS",
            "integrationDefinitionId": CUSTOM_DEFINITION_ID,
            "tagWithAccountName": True,
            "ofProfile": True,
        }

    def test_an_option_wins_over_its_setting(
        self, collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        configure(monkeypatch, {"ACCOUNT_NAME": "Here", "TAG_WITH_ACCOUNT_NAME": "true"})
        outcome = collector("instance", "create", "--account-name", "There", "--no-tag-with-account-name")
        assert outcome.code == 0
        assert (jupiterone.instances[0].name, jupiterone.instances[0].config) == ("There", {})
        assert "Warning" not in outcome.out

    def test_two_names_for_one_account_are_pointed_out(
        self, collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        configure(monkeypatch, {"ACCOUNT_NAME": "Here", "TAG_WITH_ACCOUNT_NAME": "true"})
        outcome = collector("instance", "create", "--account-name", "There")
        assert "Warning: tag.AccountName is Here here (ACCOUNT_NAME) but There where JupiterOne" in outcome.out

    @pytest.mark.parametrize("name", ["Example Ltd", "Another"])
    def test_a_second_time(self, collector: Command, jupiterone: JupiterOneSandbox, name: str) -> None:
        collector("instance", "create", "--account-name", "Example Ltd")
        (made,) = jupiterone.instances
        refused(collector("instance", "create", "--account-name", name), "'Example Ltd'", made.id)
        assert jupiterone.instances == [made]

    def test_a_name_that_exists(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        there = jupiterone.add_instance("Example Ltd")
        outcome = collector("instance", "create", "--account-name", "Example Ltd")
        refused(outcome, there.id, f"JUPITERONE_INTEGRATION_INSTANCE_ID={there.id}")
        assert jupiterone.instances == [there]

    def test_one_that_is_configured(
        self, collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        configure(monkeypatch, {"JUPITERONE_INTEGRATION_INSTANCE_ID": "elsewhere"})
        refused(collector("instance", "create", "--account-name", "Example Ltd"), "elsewhere")
        assert jupiterone.instances == []

    def test_one_that_cannot_be_remembered_is_deleted_again(
        self, collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(*_: object) -> None:
            raise ProfileBusy("Another process is writing to the store.", "Wait for it to end, then try again.")

        monkeypatch.setattr(Store, "remember_instance", busy)
        outcome = collector("instance", "create", "--account-name", "Example Ltd")
        refused(outcome, "is writing to the store. The new integration instance was deleted again.")
        assert jupiterone.instances == []

    def test_one_that_can_neither_be_remembered_nor_deleted_is_named(
        self, collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise CollectionFailed("The disk is full.", "Free some space.")

        monkeypatch.setattr(Store, "remember_instance", full)
        jupiterone.faults.add(Fault("graphql_error", operation="deleteIntegrationInstance", times=None))
        outcome = collector("instance", "create", "--account-name", "Example Ltd")
        (made,) = jupiterone.instances
        assert outcome.code == 1
        assert f"The new integration instance 'Example Ltd' ({made.id}) could not be remembered" in outcome.err
        assert f"JUPITERONE_INTEGRATION_INSTANCE_ID={made.id} into ./.env" in outcome.err

    def test_one_that_somebody_deleted_in_jupiterone_is_replaced(
        self, collector: Command, jupiterone: JupiterOneSandbox
    ) -> None:
        collector("instance", "create", "--account-name", "Example Ltd")
        jupiterone.remove_instance(jupiterone.instances[0].id)
        assert collector("instance", "create", "--account-name", "Example Ltd").code == 0
        assert shown(collector)["id"] == jupiterone.instances[0].id

    @pytest.mark.parametrize("name", [(), ("--account-name", " ")])
    def test_without_a_name(self, collector: Command, jupiterone: JupiterOneSandbox, name: tuple[str, ...]) -> None:
        refused(collector("instance", "create", *name), "no name", "ACCOUNT_NAME")

    def test_while_an_upload_is_under_way(
        self, collector: Command, jupiterone: JupiterOneSandbox, tmp_path: Path
    ) -> None:
        """Or another `create`: two at once make one instance."""
        with (
            Store.open(tmp_path / "home" / "default" / "graph.db"),
            FileLock(tmp_path / "home" / "default" / "sync.lock"),
        ):
            refused(collector("instance", "create", "--account-name", "Example Ltd"), "is already running")
        assert jupiterone.instances == []


class TestListAndShow:
    def test_a_star_marks_the_profiles_own(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        other = jupiterone.add_instance("Other", polling_interval="ONE_WEEK")
        collector("instance", "create", "--account-name", "Example Ltd")
        mine = jupiterone.instances[1]
        assert collector("instance", "list").out.splitlines() == [
            f"  {other.id}  ONE_WEEK        Other",
            f"* {mine.id}  DISABLED        Example Ltd",
        ]
        listed = json.loads(collector("instance", "list", "--json").out)
        assert [(each["name"], each["ofProfile"]) for each in listed] == [("Other", False), ("Example Ltd", True)]

    def test_none(self, collector: Command, jupiterone: JupiterOneSandbox, tmp_path: Path) -> None:
        outcome = collector("instance", "list")
        assert (outcome.code, outcome.out) == (
            0,
            "JupiterOne has no instance of the custom integration. `collector instance create` creates one.\n",
        )
        refused(collector("instance", "show"), "has no integration instance", "collector instance create")
        assert not (tmp_path / "home").exists()

    def test_with_its_jobs(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        collector("instance", "create", "--account-name", "Example Ltd", "--tag-with-account-name")
        assert shown(collector)["jobs"] == []
        made = jupiterone.instances[0]
        outcome = collector("instance", "show", made.id)
        assert outcome.out.splitlines() == [
            "Name:        Example Ltd",
            f"Id:          {made.id}  (of the profile default)",
            "Description: (none)",
            "Polling:     DISABLED",
            "Tags:        tag.AccountName = Example Ltd",
            "",
            "Latest jobs",
            "  none",
        ]

    def test_without_permission_for_its_jobs(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        made = jupiterone.add_instance("Example Ltd")
        jupiterone.faults.add(Fault("forbidden", operation="integrationJobs", times=2))
        assert "could not be read" in collector("instance", "show", made.id).out
        assert shown(collector, made.id)["jobs"] is None


class TestUpdate:
    def test_what_is_named_is_changed(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        collector("instance", "create", "--account-name", "Example Ltd", "--description", "Old")
        for _ in range(2):
            outcome = collector("instance", "update", "--account-name", "Example Inc", "--tag-with-account-name")
            assert outcome.code == 0
            assert outcome.out.startswith("Name:        Example Inc\n")
        (changed,) = jupiterone.instances
        assert (changed.name, changed.description) == ("Example Inc", "Old")
        assert changed.tags == {"tag.AccountName": "Example Inc"}

    def test_another_one(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        other = jupiterone.add_instance("Other")
        outcome = collector("instance", "update", other.id, "--polling-interval", "ONE_HOUR", "--json")
        assert json.loads(outcome.out)["pollingInterval"] == "ONE_HOUR"
        assert jupiterone.instances[0].polling_interval == "ONE_HOUR"

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ((), "Nothing to change"),
            (("--account-name", ""), "needs a name"),
            (("--account-name", "Other"), "already has an integration instance named 'Other'"),
        ],
    )
    def test_nothing_or_a_name_that_exists(
        self, collector: Command, jupiterone: JupiterOneSandbox, arguments: tuple[str, ...], said: str
    ) -> None:
        collector("instance", "create", "--account-name", "Example Ltd")
        jupiterone.add_instance("Other")
        before = jupiterone.instances
        refused(collector("instance", "update", *arguments), said)
        assert jupiterone.instances == before


class TestDelete:
    @pytest.fixture(autouse=True)
    def made(self, collector: Command, jupiterone: JupiterOneSandbox) -> str:
        collector("instance", "create", "--account-name", "Example Ltd")
        return jupiterone.instances[0].id

    def test_twice(self, collector: Command, jupiterone: JupiterOneSandbox, made: str) -> None:
        outcome = collector("instance", "delete", "--yes")
        assert (outcome.code, outcome.out) == (
            0,
            f"Deleted the integration instance {made}. JupiterOne deletes its entities with it.\n",
        )
        assert jupiterone.instances == []
        outcome = collector("instance", "delete", "--yes")
        assert (outcome.code, outcome.out) == (
            0,
            'The profile "default" has no instance; nothing to delete.\n',
        )
        outcome = collector("instance", "delete", made, "--yes")
        assert outcome.code == 0
        assert outcome.out == f"JupiterOne has no integration instance {made}; nothing was deleted.\n"

    def test_another_one_leaves_the_profiles_own(
        self, collector: Command, jupiterone: JupiterOneSandbox, made: str
    ) -> None:
        other = jupiterone.add_instance("Other")
        assert json.loads(collector("instance", "delete", other.id, "--yes", "--json").out) == {"deleted": other.id}
        assert shown(collector)["id"] == made

    def test_a_configured_one_is_still_in_the_configuration(
        self, collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = jupiterone.add_instance("Other")
        configure(monkeypatch, {"JUPITERONE_INTEGRATION_INSTANCE_ID": other.id})
        outcome = collector("instance", "delete", "--yes")
        assert outcome.out.endswith("still names it; remove that line from ./.env or the environment.\n")


class TestOtherIntegrations:
    """Instances that JupiterOne runs itself; their config holds secrets that read back masked."""

    CONFIG: ClassVar = {"clientId": "an id", "clientSecret": "a secret", "scopes": "user:read:admin"}

    @pytest.fixture
    def zooms(self, jupiterone: JupiterOneSandbox) -> str:
        return jupiterone.add_instance("Production", definition_id=ZOOM_DEFINITION_ID, config=dict(self.CONFIG)).id

    def test_they_are_not_deleted(
        self, collector: Command, jupiterone: JupiterOneSandbox, zooms: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = "not to the custom integration, and this profile has uploaded nothing to it"
        refused(collector("instance", "delete", zooms, "--yes"), said)
        configure(monkeypatch, {"JUPITERONE_INTEGRATION_INSTANCE_ID": zooms})
        refused(collector("instance", "delete", "--yes"), said)
        assert len(jupiterone.instances) == 1

    def test_unless_the_profile_has_uploaded_to_it(
        self,
        collector: Command,
        zoom: Sandbox,
        jupiterone: JupiterOneSandbox,
        zooms: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        configure(monkeypatch, {"JUPITERONE_INTEGRATION_INSTANCE_ID": zooms})
        assert collector("collect").code == 0
        assert collector("sync", "--source", "integration-managed").code == 0
        answering(monkeypatch, "y")
        outcome = collector("instance", "delete")
        assert outcome.code == 0
        assert f'Delete the integration instance "Production" of the integration Zoom ({zooms})' in outcome.err
        assert jupiterone.instances == []


class TestAnotherAccount:
    """The profile's instance is in the account that was configured when it was made."""

    @pytest.fixture(autouse=True)
    def made(self, collector: Command, jupiterone: JupiterOneSandbox) -> str:
        collector("instance", "create", "--account-name", "Example Ltd")
        return jupiterone.instances[0].id

    @pytest.fixture
    def staging(self, made: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[JupiterOneSandbox]:
        """Another account, configured instead."""
        with (
            monkeypatch.context() as patch,
            served_jupiterone(JupiterOneSandbox(account="staging", seed=5), patch) as other,
        ):
            yield other

    @pytest.mark.parametrize(
        "arguments",
        [
            ("create", "--account-name", "Example Ltd"),
            ("show",),
            ("update", "--description", "Text"),
            ("delete", "--yes"),
        ],
    )
    def test_the_profiles_own_is_not_looked_for_there(
        self,
        collector: Command,
        jupiterone: JupiterOneSandbox,
        staging: JupiterOneSandbox,
        made: str,
        monkeypatch: pytest.MonkeyPatch,
        arguments: tuple[str, ...],
    ) -> None:
        said = (
            f"Error: The integration instance {made} belongs to the JupiterOne account {jupiterone.account} (127.0.0.1:"
        )
        refused(collector("instance", *arguments), said, "but the configuration names staging (127.0.0.1:", "--profile")
        assert (len(jupiterone.instances), staging.instances, staging.requests) == (1, [], [])

    def test_it_is_remembered_whatever_is_asked_of_the_other(
        self, collector: Command, jupiterone: JupiterOneSandbox, made: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch, served_jupiterone(JupiterOneSandbox(account="staging"), patch) as staging:
            other = staging.add_instance("Other").id
            assert shown(collector, other)["ofProfile"] is False
            assert collector("instance", "list").out.startswith(f"  {other}")
            outcome = collector("instance", "delete", made, "--yes")
            assert outcome.out == f"JupiterOne has no integration instance {made}; nothing was deleted.\n"
        assert shown(collector)["id"] == made

    def test_of_a_profile_that_did_not_write_it_down(
        self, collector: Command, staging: JupiterOneSandbox, made: str, tmp_path: Path
    ) -> None:
        with Store.open_existing(tmp_path / "home" / "default" / "graph.db") as store:
            store.remember_instance(made)
        refused(collector("instance", "show"), "has no integration instance")
        assert collector("instance", "create", "--account-name", "Example Ltd").code == 0
        assert len(staging.instances) == 1


@pytest.mark.parametrize("verb", ["create", "list", "show", "update", "delete"])
class TestEveryVerb:
    ARGUMENTS = ("--account-name", "Example Ltd")

    def arguments(self, verb: str) -> tuple[str, ...]:
        given = self.ARGUMENTS if verb in ("create", "update") else ()
        return ("instance", verb, *(() if verb in ("create", "list") else ("an-id",)), *given)

    def test_without_access(self, collector: Command, verb: str) -> None:
        refused(collector(*self.arguments(verb)), "JUPITERONE_ACCOUNT and JUPITERONE_API_KEY are not set")

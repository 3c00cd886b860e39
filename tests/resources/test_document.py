"""The data-model section, exactly as JupiterOne's own `j1-integration document` writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.errors import UsageError
from collector.model.graph import EntityType, RelationshipType
from collector.resources import all_resources, entity_types, relationship_types
from collector.resources.data_model_docs import END, START, Change, data_model_section, document, replace_section

NAMES = {"account", "users", "groups", "roles"}
ZOOM = """\
<!-- {J1_DOCUMENTATION_MARKER_START} -->

<!--
********************************************************************************
NOTE: ALL OF THE FOLLOWING DOCUMENTATION IS GENERATED USING THE
"j1-integration document" COMMAND. DO NOT EDIT BY HAND! PLEASE SEE THE DEVELOPER
DOCUMENTATION FOR USAGE INFORMATION:

https://github.com/JupiterOne/sdk/blob/main/docs/integrations/development.md
********************************************************************************
-->

## Data Model

### Entities

The following entities are created:

| Resources | Entity `_type` | Entity `_class` |
| --------- | -------------- | --------------- |
| Account   | `zoom_account` | `Account`       |
| Group     | `zoom_group`   | `Group`         |
| Role      | `zoom_role`    | `AccessRole`    |
| User      | `zoom_user`    | `User`          |

### Relationships

The following relationships are created:

| Source Entity `_type` | Relationship `_class` | Target Entity `_type` |
| --------------------- | --------------------- | --------------------- |
| `zoom_account`        | **HAS**               | `zoom_group`          |
| `zoom_account`        | **HAS**               | `zoom_role`           |
| `zoom_account`        | **HAS**               | `zoom_user`           |
| `zoom_group`          | **HAS**               | `zoom_user`           |
| `zoom_user`           | **ASSIGNED**          | `zoom_role`           |

<!--
********************************************************************************
END OF GENERATED DOCUMENTATION AFTER BELOW MARKER
********************************************************************************
-->

<!-- {J1_DOCUMENTATION_MARKER_END} -->"""


@pytest.fixture
def section() -> str:
    resources = tuple(resource for resource in all_resources() if resource.name in NAMES)
    return data_model_section(entity_types(resources), relationship_types(resources))


def test_zooms_section(section):
    assert section == ZOOM


def test_columns_are_as_wide_as_their_widest_cell_and_rows_sorted_each_once():
    phone = EntityType("Zoom Phone Number", "zoom_phone_number", ("Device", "Host"))
    account = EntityType("Account", "zoom_account", ("Account",))
    has, uses = (RelationshipType("zoom_account", class_, "zoom_phone_number") for class_ in ("HAS", "USES"))
    tables = data_model_section([phone, account, phone], [uses, has, uses])
    assert [line for line in tables.splitlines() if line.startswith("|")] == [
        "| Resources         | Entity `_type`      | Entity `_class`  |",
        "| ----------------- | ------------------- | ---------------- |",
        "| Account           | `zoom_account`      | `Account`        |",
        "| Zoom Phone Number | `zoom_phone_number` | `Device`, `Host` |",
        "| Source Entity `_type` | Relationship `_class` | Target Entity `_type` |",
        "| --------------------- | --------------------- | --------------------- |",
        "| `zoom_account`        | **HAS**               | `zoom_phone_number`   |",
        "| `zoom_account`        | **USES**              | `zoom_phone_number`   |",
    ]


def test_empty_tables_are_left_out():
    account = EntityType("Account", "zoom_account", ("Account",))
    assert "### Relationships" not in data_model_section([account], [])
    assert "### Entities" not in data_model_section([], [RelationshipType("zoom_account", "HAS", "zoom_user")])


# Putting it into a document


def test_a_document_without_a_section_gets_one_at_its_end(section):
    assert replace_section("# Zoom\n", section) == f"# Zoom\n\n\n{ZOOM}"


def test_what_is_around_the_section_stays(section):
    text = f"# Zoom\n\n{START}\nolder\n{END}\n \n<!-- jupiterOneDocVersion=1-3-1 -->\n"
    assert replace_section(text, section) == f"# Zoom\n\n{ZOOM}\n \n<!-- jupiterOneDocVersion=1-3-1 -->\n"


def test_regenerating_changes_nothing(section):
    once = replace_section("# Zoom\n", section)
    assert replace_section(once, section) == once


@pytest.mark.parametrize("text", [f"# Zoom\n{START}\n", f"{END}\n# Zoom\n{START}\n"])
def test_a_start_without_an_end_is_refused(section, text):
    with pytest.raises(UsageError) as raised:
        replace_section(text, section)
    assert raised.value.message == (
        "The documentation has a start marker without an end marker, so nothing was changed."
    )
    assert raised.value.next_step == f"Put {END} on a line of its own where the generated part ends."


def test_an_end_without_a_start_is_left_alone(section):
    assert replace_section(f"# Zoom\n{END}\n", section) == f"# Zoom\n{END}\n\n\n{ZOOM}"


# Files


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jupiterone.md"


def test_a_file_is_written_only_when_it_changes(path, section):
    path.write_text("# Zoom – JupiterOne\n", encoding="utf-8")
    assert document(path, section) is Change.ADDED
    assert path.read_text(encoding="utf-8") == f"# Zoom – JupiterOne\n\n\n{ZOOM}"
    path.chmod(0o400)
    assert document(path, section) is Change.NONE


def test_a_file_with_one_marker_stays_as_it_is(path, section):
    path.write_text(f"# Zoom\n{START}\n")
    with pytest.raises(UsageError):
        document(path, section)
    assert path.read_text() == f"# Zoom\n{START}\n"


def test_the_file_must_exist(path, section):
    with pytest.raises(UsageError) as raised:
        document(path, section)
    assert raised.value.message == f"{path} cannot be regenerated: No such file or directory."
    assert not path.exists()


def test_the_file_must_be_text(path, section):
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="cannot be regenerated: it is not UTF-8 text"):
        document(path, section)
    assert path.read_bytes() == b"\xff\xfe"

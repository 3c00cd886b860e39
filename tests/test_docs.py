"""The documents name every verb, setting, exit code, scope, endpoint and property; the help every option."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from redirect_server import problem_pages, problems
from redirect_server.command import serve

from collector.cli import cli
from collector.cli.verbs import GROUPS
from collector.errors import ExitCode
from collector.resources import endpoints, entity_types, least_privilege, optional_endpoints, relationship_types
from collector.resources.catalogue import ACCOUNT, GROUP, USER, setting_properties
from collector.resources.data_model_docs import END, START, data_model_section, replace_section
from collector.resources.declaration import Resource
from collector.sandbox import generate_account
from collector.settings import DEFAULT_REDIRECT_URI, NAMES
from collector.settings.redirect_address import OWN_PATHS, Address
from collector.upload.safety import RULE
from tests.served import DECLARED

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
SIGN_IN = ROOT / "oauth-server" / "README.md"
JUPITERONE = (ROOT / "docs" / "jupiterone.md").read_text(encoding="utf-8")
DOCUMENTS = {path: path.read_text(encoding="utf-8") for path in (README, *DOCS, SIGN_IN)}
ALL_TEXT = "\n".join(DOCUMENTS.values())


def verbs(command: click.Command = cli, name: str = "collector") -> Iterator[tuple[str, click.Command]]:
    """Every verb with its full name, the deepest ones: `collector show user`."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for word in command.list_commands(context):
        inner = command.get_command(context, word)
        assert inner is not None
        yield from verbs(inner, f"{name} {word}")


VERBS = dict(verbs())
OPTIONS = {
    option
    for verb in (cli, *VERBS.values())
    for param in verb.params
    for option in (*param.opts, *param.secondary_opts)
}


def test_the_documents_are_there() -> None:
    assert {"architecture.md", "jupiterone.md"} <= {path.name for path in DOCS}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_readme(verb: str) -> None:
    assert verb in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_explains_each_of_its_options(verb: str) -> None:
    """The README does not list them: it sends the reader to `collector COMMAND --help`."""
    assert "`collector COMMAND --help`" in README.read_text(encoding="utf-8")
    command = VERBS[verb]
    shown = command.get_help(click.Context(command, info_name=verb))
    for param in command.params:
        if isinstance(param, click.Option) and not param.hidden:
            assert param.help, f"{verb} {param.opts[-1]} has no help text"
            assert [option for option in (*param.opts, *param.secondary_opts) if option not in shown] == []


def test_no_document_mentions_an_option_that_does_not_exist() -> None:
    signing_in = {option for param in serve.params for option in param.opts}
    mentioned = {option for text in DOCUMENTS.values() for option in re.findall(r"`(--[a-z][a-z-]*)[^`]*`", text)}
    assert len(mentioned) > 15
    assert mentioned - signing_in - {"--help"} <= OPTIONS


def test_the_readme_says_where_json_is_offered() -> None:
    (listed,) = re.findall(r"Print JSON instead of text \((.*?)\)", README.read_text(encoding="utf-8"))
    named = {f"collector {verb}" for verb in re.findall(r"`([a-z ]+)`", listed)}
    offering = {
        verb
        for verb, command in VERBS.items()
        if any("--json" in param.opts and not getattr(param, "hidden", False) for param in command.params)
    }
    assert {verb for verb in VERBS if verb in named or verb.rpartition(" ")[0] in named} == offering


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_mentioned_and_in_the_example(name: str) -> None:
    assert re.search(rf"\b{name}\b", ALL_TEXT)
    assert re.search(rf"^#?{name}=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_example_holds_nothing_but_settings() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", example, re.MULTILINE)) == sorted(NAMES)


def test_no_document_mentions_a_setting_that_is_not_read() -> None:
    mentioned = set(re.findall(r"\b(?:ZOOM|ACCOUNT|TAG|JUPITERONE|POLLING)_[A-Z_]+\b", ALL_TEXT))
    assert mentioned <= set(NAMES)


@pytest.mark.parametrize("path", [README, ROOT / "docs" / "architecture.md"], ids=["README", "architecture"])
@pytest.mark.parametrize("code", ExitCode, ids=lambda code: str(int(code)))
def test_every_exit_code_has_a_row(path: Path, code: ExitCode) -> None:
    assert re.search(rf"^\|\s*`?{int(code)}`?\s*\|", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_help_names_every_exit_code() -> None:
    for code in ExitCode:
        assert re.search(rf"\b{int(code)} [a-z]", " ".join(str(cli.help).split()))


@pytest.mark.parametrize("kind", ["classic", "granular", "privileges"])
def test_every_scope_and_privilege_to_give_is_in_the_readme(kind: str) -> None:
    readme = README.read_text(encoding="utf-8")
    assert [wanted for wanted in least_privilege(DECLARED)[kind] if f"`{wanted}`" not in readme] == []


@pytest.mark.parametrize("path", [README, SIGN_IN], ids=["README", "sign-in"])
def test_every_optional_scope_is_in_the_tables(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    scopes = {scope for _, endpoint in optional_endpoints(DECLARED) for scope in endpoint.scopes.advice}
    assert [scope for scope in sorted(scopes) if f"`{scope}`" not in text] == []


def test_every_property_that_no_catalogue_has_is_in_the_tables() -> None:
    text = (ROOT / "docs" / "jupiterone.md").read_text(encoding="utf-8")
    catalogued = {prop for whose in (USER, ACCOUNT, GROUP) for prop in setting_properties(whose)}
    properties = [prop for kind in entity_types(DECLARED) for prop in kind.properties if prop not in catalogued]
    rows = set(re.findall(r"^\| `(\w+)` +\| (.+?) +\|$", text, re.MULTILINE))
    assert [prop for prop in properties if (prop.name, prop.description) not in rows] == []


def test_the_data_model_is_what_the_code_declares() -> None:
    text = (ROOT / "docs" / "jupiterone.md").read_text(encoding="utf-8")
    section = data_model_section(entity_types(DECLARED), relationship_types(DECLARED))
    assert (text.count(START), text.count(END)) == (1, 1)
    assert replace_section(text, section) == text, "run `collector document`"


def table_rows(text: str, columns: int) -> Iterator[list[str]]:
    """The rows of a document's tables with so many columns, without the backticks."""
    for line in text.splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == columns:
            yield cells


def test_every_endpoint_is_listed_with_its_scopes() -> None:
    declared = [
        [step, f"GET {endpoint.path}", endpoint.scopes.classic[0], endpoint.scopes.granular[0], endpoint.privilege]
        for step, endpoint in endpoints(DECLARED)
    ]
    section = JUPITERONE.partition("\n## What is read\n")[2].partition("\n## ")[0]
    _heading, _line, *listed = table_rows(section, 5)
    assert listed == declared


@pytest.mark.parametrize("resource", DECLARED, ids=lambda resource: resource.name)
def test_every_property_is_listed_as_it_is_declared(resource: Resource) -> None:
    """The catalogues list the settings, of which the document shows some, described alike."""
    described = {each.name: each.description for each in resource.entity.properties}
    settings = {setting.name for whose in (USER, ACCOUNT, GROUP) for setting in setting_properties(whose)}
    section = JUPITERONE.partition(f"\n### `{resource.entity.type}`\n")[2].partition("\n### `")[0]
    listed = {name: description for name, description in table_rows(section, 2) if name in described}
    assert listed == {name: described[name] for name in described if name not in settings or name in listed}


@pytest.mark.parametrize("document", ["README.md", "jupiterone.md", "architecture.md"])
def test_the_rule_of_deletion_safety_is_the_same_everywhere(document: str) -> None:
    text = (README if document == "README.md" else ROOT / "docs" / document).read_text(encoding="utf-8")
    assert RULE in " ".join(text.replace("`", "").split())
    assert RULE in " ".join(str(VERBS["collector sync"].help).split())


def anchors(path: Path) -> set[str]:
    """The headings of a document as GitHub makes them into anchors."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_relative_link_leads_somewhere() -> None:
    dead = []
    for path in (README, ROOT / "CONTRIBUTING.md", SIGN_IN, *DOCS):
        for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            file, _, anchor = link.partition("#")
            target = path.parent / file if file else path
            if "://" not in link and (not target.exists() or (anchor and anchor not in anchors(target))):
                dead.append(f"{path.name}: {link}")
    assert dead == []


def test_the_glossary_has_ten_words() -> None:
    section = DOCUMENTS[ROOT / "docs" / "architecture.md"].partition("\n## Glossary\n")[2].partition("\n## ")[0]
    assert len(list(table_rows(section, 2))) == 2 + 10
    assert "docs/architecture.md#glossary" in DOCUMENTS[README]


@pytest.mark.parametrize(
    "option", [option for param in serve.params for option in (*param.opts, *param.secondary_opts)]
)
def test_every_option_of_the_sign_in_is_explained(option: str) -> None:
    assert re.search(rf"^\|[^|]*`{option}[ `]", SIGN_IN.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", sorted({*OWN_PATHS, Address.of(DEFAULT_REDIRECT_URI).path}))
def test_every_route_of_the_sign_in_is_explained(path: str) -> None:
    assert re.search(rf"^\|[^|]*`(?:GET|POST) {re.escape(path)}`", SIGN_IN.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_failure_page_of_the_sign_in_is_explained() -> None:
    sources = [Path(str(module.__file__)).read_text(encoding="utf-8") for module in (problems, problem_pages)]
    codes = {code for text in sources for code in re.findall(r'"([a-z]+(?:-[a-z]+)*)",\n? *"[A-Z]', text)}
    codes |= {
        code for text in sources for code in re.findall(r'_problem_from\(\s*failure,\s*[^,]+,\s*"([a-z-]+)"', text)
    }
    codes |= {f"zoom-{error.replace('_', '-')}" for error in problems._ERRORS}
    assert len(codes) > 25
    explained = SIGN_IN.read_text(encoding="utf-8")
    assert sorted(code for code in codes if f"`{code}`" not in explained) == []


def test_every_scope_is_in_the_sign_in_guide() -> None:
    wanted, guide = least_privilege(DECLARED), SIGN_IN.read_text(encoding="utf-8")
    assert [scope for kind in ("classic", "granular") for scope in wanted[kind] if f"`{scope}`" not in guide] == []


def test_whom_the_documentation_shows_is_in_the_sandbox() -> None:
    shown = re.findall(r"collector show user (\S+@\S+?)[`\s]", README.read_text(encoding="utf-8"))
    assert shown
    assert set(shown) <= {user.email for user in generate_account().users}


def test_the_readme_groups_the_commands_as_the_help_does() -> None:
    table = README.read_text("utf-8").partition("## Commands")[2].partition("## Exit codes")[0]
    groups: dict[str, dict[str, None]] = {}
    for line in table.splitlines():
        if title := re.match(r"\| \*\*(.+)\*\*", line):
            verbs = groups[title[1]] = {}
        elif line.startswith("| `collector") and groups:
            verbs.update(dict.fromkeys(re.findall(r"`collector (\w+)", line)))
    assert {title: list(verbs) for title, verbs in groups.items()} == {
        title: list(verbs) for title, verbs in GROUPS.items()
    }

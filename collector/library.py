"""What `import collector` offers: open a profile, read its graph, collect its account, upload it.

Each method does what the verb of the same name does. Nothing is printed; failures are raised (`CollectorError`).
"""

from __future__ import annotations

import os
import random
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType

from collector.clock import SystemClock
from collector.collect.account import CollectResult, collect_account
from collector.collect.choice import Choice
from collector.collect.progress import NoProgress
from collector.errors import (
    CollectionFailed,
    CollectorError,
    DailyLimitReached,
    ProfileBusy,
    SignInRequired,
    UsageError,
)
from collector.model.graph import Properties, Relationship
from collector.query.changes import AREAS, Changes, changes, compared_runs
from collector.query.chosen_run import chosen_run, date_now
from collector.query.exports import ExportReport, export_graph
from collector.query.j1ql import DEFAULT_LIMIT, Answer, QueryRequest, ask
from collector.query.status import ProfileStatus, profile_status
from collector.questions.library import choose, load_questions
from collector.questions.run import QuestionAnswer, answer_questions
from collector.resources import all_resources, entity_types, relationship_types
from collector.resources.declaration import SettingsChoice
from collector.resources.graph_schema import graph_schema
from collector.settings import Settings, read_settings
from collector.store import RunRecord, Store
from collector.upload import UploadOptions, UploadResult, upload_graph

__all__ = [
    "Answer",
    "Changes",
    "CollectResult",
    "CollectionFailed",
    "CollectorError",
    "DailyLimitReached",
    "ExportReport",
    "OpenProfile",
    "ProfileBusy",
    "ProfileStatus",
    "QuestionAnswer",
    "Relationship",
    "RunRecord",
    "SignInRequired",
    "UploadResult",
    "UsageError",
    "open_profile",
]


def open_profile(
    name: str | None = None, *, folder: Path | str | None = None, environment: Mapping[str, str] | None = None
) -> OpenProfile:
    """Open a profile; the default is ZOOM_PROFILE, or "default".

    The configuration comes from `environment` (default: that of this process) and from `.env` in `folder` (default: the
    working folder), as for the commands. `collect` writes `.j1-integration` to that folder.

    Raises UsageError naming every problem of the configuration.
    """
    working_folder = Path.cwd() if folder is None else Path(folder).absolute()
    settings = read_settings(os.environ if environment is None else environment, working_folder, name)
    if settings.warning:
        warnings.warn(settings.warning, stacklevel=2)
    return OpenProfile(settings, working_folder)


class OpenProfile:
    """A profile opened by `open_profile`: a context manager, for use in one thread.

    The graph is read from this computer; only `collect` and `sync` use the network. Every method raises a
    CollectorError if it fails.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._opened: Store | None = None

    @property
    def name(self) -> str:
        """The profile's name."""
        return self._settings.profile.name

    def entities(self, type_: str, run: int | None = None) -> Iterator[Properties]:
        """The entities of a `_type` such as "zoom_user", each a dict as in JupiterOne, ordered by `_key`.

        The current ones, or with `run` those after that run (`RunRecord.id`). Raises UsageError for an unknown type or
        run, and if nothing has been collected yet.
        """
        _check_type(type_, [known.type for known in entity_types(all_resources())])
        return self._store(run).entities(type_, run)

    def relationships(self, type_: str, run: int | None = None) -> Iterator[Relationship]:
        """The relationships of a `_type` such as "zoom_group_has_user", ordered by key; like `entities`."""
        _check_type(type_, [known.type for known in relationship_types(all_resources())])
        return self._store(run).relationships(type_, run)

    def query(self, text: str, *, run: int | None = None, at: str | None = None, limit: int = DEFAULT_LIMIT) -> Answer:
        """Ask the graph in J1QL: `profile.query("FIND zoom_user WITH isAdmin = true")`.

        Of the graph as it is, as it was after `run`, or at a date (`at`). `limit` is for a query that has none; 0: all.
        Raises UsageError, with line and column, for a query that is refused.
        """
        question = QueryRequest(text, run=run, at=at, limit=limit)
        return ask(self._store(), graph_schema(all_resources()), question, SystemClock())

    def changes(
        self, *, since: int | str | None = None, until: int | str | None = None, of: Iterable[str] = AREAS
    ) -> Changes:
        """What changed since the run before, or between two runs, each a number (`RunRecord.id`) or a date (its end).

        `of`: only "users", "groups", "roles" or "settings". Only what both runs have read is a change; `uncertain` may
        be, and `not_compared` says what was not read. Raises UsageError if there are no two such runs.
        """
        store, areas = self._store(), list(of)
        unknown = [area for area in areas if area not in AREAS]
        if unknown:
            raise UsageError(f"There are no changes of {unknown[0]!r}.", f"There are those of: {', '.join(AREAS)}.")
        runs = compared_runs(store, *(None if run is None else str(run) for run in (since, until)))
        return changes(store, graph_schema(all_resources()), *runs, areas)

    def export(
        self, folder: Path | str, file_format: str = "csv", run: int | None = None, *, at: str | None = None
    ) -> ExportReport:
        """Write the graph to a folder, a file for each type: "csv", "jsonl" or "parquet". `run`, `at`: as in a query.

        An earlier export there is replaced. Raises UsageError if the folder holds anything else, and CollectionFailed
        if it cannot be written; the folder is then as it was.
        """
        return export_graph(self._store(run), graph_schema(all_resources()), Path(folder), file_format, run, at)

    def answer_questions(
        self, *ids: str, tags: Iterable[str] = (), run: int | None = None, at: str | None = None
    ) -> Iterator[QuestionAnswer]:
        """Answer the questions that come with the collector: `counts` and rows by verdict ("good", "bad", "unknown").

        All, or those with these ids or tags, from the graph as it is, as it was after `run`, or at a date (`at`).
        Raises UsageError for an id, a tag or a run that there is not.
        """
        questions = choose(load_questions(), ids, tuple(tags))
        store, clock = self._store(), SystemClock()
        record = chosen_run(store, run, at)
        now = date_now(record, clock, run, at)
        return answer_questions(store, graph_schema(all_resources()), questions, record, clock, now)

    def runs(self) -> Iterator[RunRecord]:
        """The finished runs, newest first, with times, exit code and what was not read completely (`coverage`)."""
        return self._store().finished_runs()

    def status(self) -> ProfileStatus:
        """The last collection and the last upload. Raises UsageError if nothing has been collected yet."""
        settings = self._settings
        return profile_status(settings.profile, settings.polling_interval, settings.jupiterone.instance_id)

    def collect(
        self, *, steps: Iterable[str] | None = None, settings: str = "all", fresh: bool = False
    ) -> CollectResult:
        """Read the Zoom account into the store, and write `.j1-integration`.

        `steps`: run only these and those they depend on. `settings`: which user settings to read, "all", "security" or
        "none". `fresh`: do not resume an interrupted run.

        `CollectResult.record.exit_code` is 3 if something was denied or left unread (see its `coverage`), and 75 if a
        daily limit stopped the run. Raises UsageError, ProfileBusy, SignInRequired or CollectionFailed.
        """
        documents = _settings_choice(settings)
        return collect_account(
            self._settings,
            clock=SystemClock(),
            randomness=random.Random(),
            progress=NoProgress(),
            folder=self._folder,
            choice=Choice(None if steps is None else frozenset(steps), documents),
            fresh=fresh,
        )

    def sync(self, *, allow_deletes: bool = False) -> UploadResult:
        """Upload the latest graph to the profile's integration instance in JupiterOne.

        Without `allow_deletes`, raises UsageError and uploads nothing if more than a fifth of a type, and more than ten
        objects of it, would be deleted. Any other CollectorError says why the upload failed.
        """
        return upload_graph(
            self._settings.profile,
            self._settings.jupiterone,
            UploadOptions(allow_deletes=allow_deletes),
            clock=SystemClock(),
            randomness=random.Random(),
        )

    def close(self) -> None:
        """Close the store; `with` does so, too."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def __enter__(self) -> OpenProfile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<OpenProfile {self.name!r}>"

    def _store(self, run: int | None = None) -> Store:
        """The store, opened at the first read: before the first collection there is none."""
        if self._opened is None:
            self._opened = Store.open_existing(self._settings.profile.store_path)
        if run is not None and not self._opened.knows_run(run):
            raise UsageError(f"There is no finished run {run}.", "OpenProfile.runs() lists the finished runs.")
        return self._opened


def _check_type(type_: str, known: list[str]) -> None:
    if type_ not in known:
        raise UsageError(f"There is no type {type_!r}.", f"The types are: {', '.join(known)}.")


def _settings_choice(name: str) -> SettingsChoice:
    try:
        return SettingsChoice(name)
    except ValueError:
        names = ", ".join(choice.value for choice in SettingsChoice)
        raise UsageError(f"There is no choice of settings {name!r}.", f"The choices are: {names}.") from None

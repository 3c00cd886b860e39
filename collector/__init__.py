"""Reads a Zoom account and builds its JupiterOne graph.

    import collector

    with collector.open_profile("default") as profile:
        profile.collect()
        for user in profile.entities("zoom_user"):
            print(user["displayName"])

open_profile() returns an OpenProfile. Its methods and what they return:

    entities()                an iterator of dicts
    relationships()           an iterator of Relationship
    runs()                    an iterator of RunRecord
    query()                   Answer
    changes()                 Changes
    export()                  ExportReport
    answer_questions()        QuestionAnswer
    status()                  ProfileStatus
    collect()                 CollectResult
    sync()                    UploadResult

Every exception is a CollectorError with a `message` and a `next_step`:

    UsageError                change a setting or an argument
      ProfileBusy             another process is working on the profile: wait
    SignInRequired            run `collector auth login`
    DailyLimitReached         try again after `clears_at`
    CollectionFailed          nothing could be read, or the disk failed: try again

docs/library.md has more examples. What is not named here may change with any version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.library import (
        Answer,
        Changes,
        CollectionFailed,
        CollectorError,
        CollectResult,
        DailyLimitReached,
        ExportReport,
        OpenProfile,
        ProfileBusy,
        ProfileStatus,
        QuestionAnswer,
        Relationship,
        RunRecord,
        SignInRequired,
        UploadResult,
        UsageError,
        open_profile,
    )

__version__ = "0.2.0"

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
    "__version__",
    "open_profile",
]


if not TYPE_CHECKING:  # which would take any name for one of these

    def __getattr__(name: str) -> object:
        """Load the library when it is used first: the command line, in the same package, needs none of it."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from collector import library

        return getattr(library, name)


def __dir__() -> list[str]:
    return __all__

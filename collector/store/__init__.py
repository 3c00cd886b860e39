"""The facts about one Zoom account in SQLite, by document and by run: a `Run` writes, a `Store` reads."""

from collector.store.document import ROW
from collector.store.graph import RunGraph
from collector.store.instance_memory import RememberedInstance
from collector.store.record import UPLOADED_EXIT_CODES, PartAge, RunRecord
from collector.store.run import Run
from collector.store.store import Store
from collector.store.uploads import CUT_SHORT, Place, UploadRecord, Uploads, UploadState
from collector.store.versions import Version

__all__ = [
    "CUT_SHORT",
    "ROW",
    "UPLOADED_EXIT_CODES",
    "PartAge",
    "Place",
    "RememberedInstance",
    "Run",
    "RunGraph",
    "RunRecord",
    "Store",
    "UploadRecord",
    "UploadState",
    "Uploads",
    "Version",
]

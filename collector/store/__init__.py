"""The graph of one Zoom account in SQLite, with its history: a `Run` writes, a `Store` reads."""

from collector.store.alerts import AlertLog, AlertRecord
from collector.store.canonical import ROW
from collector.store.entity_parts import EntityParts
from collector.store.graph import RunGraph
from collector.store.read_only import ReadOnlyDatabase
from collector.store.record import UPLOADED_EXIT_CODES, PartAge, RunRecord
from collector.store.remembered_instance import RememberedInstance
from collector.store.run import Run
from collector.store.store import Store
from collector.store.uploads import INTERRUPTED_REASON, UploadDestination, UploadRecord, Uploads, UploadState
from collector.store.versions import Version

__all__ = [
    "INTERRUPTED_REASON",
    "ROW",
    "UPLOADED_EXIT_CODES",
    "AlertLog",
    "AlertRecord",
    "EntityParts",
    "PartAge",
    "ReadOnlyDatabase",
    "RememberedInstance",
    "Run",
    "RunGraph",
    "RunRecord",
    "Store",
    "UploadDestination",
    "UploadRecord",
    "UploadState",
    "Uploads",
    "Version",
]

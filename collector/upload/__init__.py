"""`collector sync`: uploads the graph of the latest run from the store to JupiterOne."""

from collector.upload.destination import UploadOptions
from collector.upload.diff import UploadDiff, compute_diff
from collector.upload.safety import check_safe
from collector.upload.upload import UploadResult, preview_upload, upload_graph

__all__ = [
    "UploadDiff",
    "UploadOptions",
    "UploadResult",
    "check_safe",
    "compute_diff",
    "preview_upload",
    "upload_graph",
]

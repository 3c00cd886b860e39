"""What `collector sync` does: the graph of the latest run, out of the store and into JupiterOne."""

from collector.upload.destination import Upload
from collector.upload.diff import UploadDiff, compute_diff
from collector.upload.safety import check_safe
from collector.upload.upload import UploadResult, preview_upload, upload_graph

__all__ = ["Upload", "UploadDiff", "UploadResult", "check_safe", "compute_diff", "preview_upload", "upload_graph"]

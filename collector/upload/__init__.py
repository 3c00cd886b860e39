"""What `collector sync` does: the graph of the latest run, out of the store and into JupiterOne."""

from collector.upload.destination import Upload
from collector.upload.diff import Foresight, foresee
from collector.upload.safety import check_safe
from collector.upload.upload import Synced, foresee_upload, upload_graph

__all__ = ["Foresight", "Synced", "Upload", "check_safe", "foresee", "foresee_upload", "upload_graph"]

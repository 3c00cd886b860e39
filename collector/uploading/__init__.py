"""What `collector sync` does: the graph of the latest run, out of the store and into JupiterOne."""

from collector.uploading.foresight import Foresight, foresee
from collector.uploading.rail import check_safe
from collector.uploading.upload import Synced, foresee_upload, upload_graph
from collector.uploading.where import Upload

__all__ = ["Foresight", "Synced", "Upload", "check_safe", "foresee", "foresee_upload", "upload_graph"]

"""What is scheduled collects from one sandbox and uploads to the other."""

from tests.upload.conftest import both

__all__ = ["both"]

"""Reads a Zoom account and builds its JupiterOne graph."""

__version__ = "0.2.0"

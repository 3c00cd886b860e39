"""Reads a Zoom account and builds its JupiterOne graph."""

__version__ = "0.1.0"

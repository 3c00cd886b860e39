"""Speaks to JupiterOne: synchronization jobs over its REST API, integration instances and counts over GraphQL."""

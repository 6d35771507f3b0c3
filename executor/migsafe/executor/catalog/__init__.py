"""The catalog of a server, read from its system tables."""

from migsafe.executor.catalog.reader import read_catalog, read_named, read_objects

__all__ = ["read_catalog", "read_named", "read_objects"]

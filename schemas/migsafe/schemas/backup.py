"""A backup: the file, what is in it, and how it was proven."""

from __future__ import annotations

from typing import Literal

from migsafe.schemas.document import Document
from migsafe.schemas.manifest import BackupFormat, Compression, Verification


class TableCount(Document):
    """One table in the census of a backup."""

    table: str
    """Qualified and quoted as in SQL."""
    rows: int
    """Rows in the backup, counted in the file (plain) or in the dump's snapshot; -1 where not counted."""


class Census(Document):
    """What a backup holds, counted in the database when it was taken and again in the file."""

    tables: tuple[TableCount, ...]
    """Ordinary tables with their data."""
    sequences: int
    """Number of sequences."""
    views: int
    """Number of views and materialized views."""
    functions: int
    """Number of functions and procedures."""


class BackupRecord(Document):
    """The sidecar of a backup, and what the ledger keeps of it."""

    version: Literal[1]
    """Version of this format. Always 1."""
    file: str
    """Name of the backup within its folder."""
    format: BackupFormat
    """What pg_dump wrote."""
    compression: Compression
    """How it is compressed."""
    sha256: str
    """SHA-256 of the file, or for a directory of its files' names and hashes in order."""
    bytes: int
    """Size on disk."""
    started_at: str
    """When the dump began, ISO 8601."""
    finished_at: str
    """When it had been verified, ISO 8601."""
    database: str
    """Name of the database."""
    system_identifier: str
    """The cluster it is of."""
    database_oid: int
    """The database within the cluster."""
    server_version: int
    """`server_version_num` of the server that was dumped."""
    dump_version: str
    """Version of pg_dump."""
    restore_major: int
    """Major version whose tools restore it: that of the pg_dump that wrote it, the server's own where it was found."""
    verified: Verification
    """How it was proven."""
    census: Census
    """What it holds."""
    not_covered: tuple[str, ...]
    """What a database dump leaves out, in words: roles, other databases, objects without rights."""
    warnings: tuple[str, ...] = ()
    """What pg_dump and the verification warned of; the backup is complete all the same."""
    serial: int = 0
    """Its place in the order in which the backups of its folder were made: clocks may jump, this does not."""
    digest: str = ""
    """SHA-256 of this record as canonical JSON with this field empty: tells an edit by hand or by accident."""


class BackupStanding(Document):
    """A backup as `migsafe backup list` and `backup verify` show it."""

    path: str
    """Path relative to the manifest."""
    record: BackupRecord | None
    """Its sidecar; null where that is missing or unreadable."""
    verified: bool
    """Whether it counts: sidecar there, hash equal, content complete."""
    problem: str
    """Why it does not count; empty where it does."""

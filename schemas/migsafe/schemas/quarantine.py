"""What is kept out of reach instead of being dropped: where it is, and what brings it back."""

from __future__ import annotations

from enum import StrEnum

from migsafe.schemas.document import Document

QUARANTINE = "migsafe_quarantine"
"""The schema of tables that were dropped and are kept. Nobody but its owner has rights there."""


class KeptKind(StrEnum):
    """What is kept."""

    TABLE = "table"
    COLUMN = "column"


class IndexAgain(Document):
    """An index that went with a column and is built again when the column comes back."""

    index: str
    """Qualified and quoted."""
    table: str
    """Its table, qualified and quoted."""
    sql: str
    """CREATE INDEX CONCURRENTLY."""


class Quarantined(Document):
    """A table or column that a migration drops and that is kept, with all that is needed to bring it back."""

    kind: KeptKind
    """What it is."""
    table: str
    """The table, or the column's table, by the name that it had; qualified and quoted."""
    column: str | None
    """The column's name, unquoted; null for a table."""
    place: str
    """Under which name it is kept: `migsafe_quarantine.x`, of a column `public.orders.x`; qualified and quoted."""
    migration: str
    """File of the migration that drops it."""
    line: int
    """Line of the statement that drops it, from 1."""
    position: int
    """Column of the statement that drops it in characters, from 1."""
    away: str
    """SQL that was done instead of that statement."""
    back: tuple[str, ...]
    """SQL that brings it back with its rows, in one transaction: catalog changes only."""
    indexes: tuple[IndexAgain, ...]
    """Indexes to be built afterwards, each outside of a transaction."""
    constraints: tuple[str, ...]
    """SQL that adds the constraints again, old rows not looked at."""
    proofs: tuple[str, ...]
    """SQL that looks at the old rows, one transaction each."""
    parts: tuple[str, ...]
    """Constraints, indexes, triggers, policies and sequences that come back with it; unquoted, without schema."""
    purge: str
    """SQL that drops it for good."""

    @property
    def name(self) -> str:
        """`table public.orders`, `column fax of public.users`."""
        return f"table {self.table}" if self.column is None else f"column {self.column} of {self.table}"


class QuarantineEntry(Document):
    """An object that the ledger says is, or was, in quarantine. What came back is not listed."""

    object: Quarantined
    """The object."""
    since: str
    """When it was moved there, ISO 8601, by the server's clock."""
    run: str
    """The run that did it."""
    purged_at: str | None
    """When it was dropped for good; null while it is kept."""


class QuarantineStanding(Document):
    """How something that is in quarantine by the ledger stands in the target."""

    entry: QuarantineEntry
    """What the ledger says."""
    there: bool
    """Whether it is where it was put; false where somebody moved or dropped it, or where its table is kept itself."""
    rows: int
    """Rows by the statistics."""
    bytes: int
    """Size of a table with its indexes; of a column by the width of its values in the statistics, 0 unknown."""

"""What a statement does to an object: lock, rewrite, scan, loss of data."""

from __future__ import annotations

from enum import StrEnum

from migsafe.schemas.document import Document
from migsafe.schemas.locks import Lock


class Loss(StrEnum):
    """What a statement takes away for good."""

    NONE = "none"
    SOME_ROWS = "some-rows"
    ALL_ROWS = "all-rows"
    COLUMN = "column"
    TABLE = "table"


class Effect(Document):
    """What one statement does to one relation."""

    relation: str
    """The relation, qualified and quoted as in SQL."""
    lock: Lock
    """The strongest lock mode it takes there."""
    rewrite: bool
    """Whether the whole table (and its indexes) is written anew under that lock."""
    scan: bool
    """Whether every row is read under that lock."""
    loss: Loss
    """What is lost for good."""
    new: bool
    """Whether the plan itself created the relation, so that nobody can be waiting for it."""
    index_rebuild: bool = False
    """Whether indexes are built anew under that lock although the table is not written anew."""
    conditional: bool = False
    """Whether a code block or a function does it, so that its branches and the rows decide."""
    rows: int | None = None
    """Rows of the relation before the plan, by the statistics; null where nobody knows."""
    bytes: int | None = None
    """Its size with indexes and TOAST before the plan."""
    work: str | None = None
    """What takes the time: `catalog change`, `scan`, `index build`, `foreign key check`, `rewrite`, `update`."""
    work_ms: int | None = None
    """How long that is expected to take, milliseconds; null where the size is not known."""
    learned: bool = False
    """Whether that stands on what earlier runs took on this target, instead of on a constant."""

    @property
    def waits(self) -> str:
        """Who waits for the lock, in one phrase for people; empty for a relation that nobody can be waiting for."""
        return "" if self.new else self.lock.blocks

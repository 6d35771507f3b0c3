"""A step: one thing that the executor does, as data that every reader visits."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from migsafe.schemas.document import Document
from migsafe.schemas.effect import Effect
from migsafe.schemas.locks import Lock
from migsafe.schemas.quarantine import Quarantined
from migsafe.schemas.risk import NO_RISK, Risk


class StatementText(Document):
    """One SQL statement of a step, exactly as it will be sent."""

    sql: str
    """The exact text, with the comments that lead it."""
    line: int
    """Line of its first word in the file, from 1."""
    column: int
    """Column of its first word in characters, from 1."""
    sha256: str
    """SHA-256 of the statement alone, without the comments that lead it and with LF line ends."""
    summary: str
    """What it does in a few words, e.g. `add column orders.note`."""
    effects: tuple[Effect, ...]
    """What it does to which relation, as predicted from the statement."""
    risk: Risk = NO_RISK
    """The risk that comes from this statement alone."""
    on_stand_in: str | None = None
    """The text for a server whose platform or extensions are stand-ins, where that one does not take `sql`."""
    instead_of: str | None = None
    """The text of the file that `sql` is done instead of; null where `sql` is that text."""
    quarantines: tuple[Quarantined, ...] = ()
    """What it keeps in quarantine instead of dropping it."""
    restores: tuple[str, ...] = ()
    """What it brings back from quarantine: the places, as the ledger names them."""
    purges: tuple[str, ...] = ()
    """What it drops from quarantine for good: the places, as the ledger names them."""


class LockNeed(Document):
    """A lock on an existing table that a step takes before its first statement."""

    relation: str
    """The table, qualified and quoted as in SQL."""
    lock: Lock
    """The strongest mode that any statement of the step needs on it."""


class IndexBuilt(Document):
    """Done when the index is there and valid; an invalid one is a build that broke off."""

    kind: Literal["index_built"]
    index: str
    """The index, qualified and quoted as in SQL."""
    table: str
    """The table that it is on."""


class IndexGone(Document):
    """Done when the index is no longer there."""

    kind: Literal["index_gone"]
    index: str
    """The index, qualified and quoted as in SQL."""


class PartitionDetached(Document):
    """Done when the table is no partition any more; a pending detach is finished with FINALIZE."""

    kind: Literal["partition_detached"]
    parent: str
    """The partitioned table."""
    partition: str
    """The partition that leaves it."""


class Repeatable(Document):
    """Nothing to observe and no harm in doing it twice: VACUUM, REINDEX, ALTER SYSTEM."""

    kind: Literal["repeatable"]


class Unobservable(Document):
    """The catalog cannot tell whether it was done; after a crash a person has to say."""

    kind: Literal["unobservable"]


Observation = Annotated[
    IndexBuilt | IndexGone | PartitionDetached | Repeatable | Unobservable, Field(discriminator="kind")
]
"""How the executor sees whether a statement outside a transaction was done."""


class Mode(Document):
    """A property that the file's own BEGIN asks of its transaction."""

    name: str
    """The setting: `transaction_isolation`, `transaction_read_only`, `transaction_deferrable`."""
    value: str
    """Its value, as SQL spells it."""


class TransactionStep(Document):
    """Statements that stand or fall together; the ledger row commits with them."""

    kind: Literal["transaction"]
    statements: tuple[StatementText, ...]
    """In the order of the file."""
    locks: tuple[LockNeed, ...]
    """Strong locks on existing tables, in the one fixed order in which they are taken."""
    modes: tuple[Mode, ...] = ()
    """What the file's own BEGIN asks of the transaction."""


class LoneStep(Document):
    """One statement that PostgreSQL refuses inside a transaction."""

    kind: Literal["lone"]
    statement: StatementText
    """The statement."""
    observation: Observation
    """How to see whether it was done."""
    locks: tuple[LockNeed, ...]
    """Strong locks that it needs at its start; looked for, not taken beforehand."""


Step = Annotated[TransactionStep | LoneStep, Field(discriminator="kind")]
"""One thing that the executor does."""


class StepState(StrEnum):
    """What the look at the catalog and the ledger says of a step."""

    PENDING = "pending"
    PARTIAL = "partial"
    DONE = "done"
    DRIFTED = "drifted"


def statements_of(step: TransactionStep | LoneStep) -> tuple[StatementText, ...]:
    """The statements of a step, in order."""
    match step:
        case TransactionStep():
            return step.statements
        case LoneStep():
            return (step.statement,)

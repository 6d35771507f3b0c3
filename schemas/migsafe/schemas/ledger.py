"""The ledger: the append-only record in the target of what was done there."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from migsafe.schemas.backup import BackupRecord
from migsafe.schemas.document import Document
from migsafe.schemas.quarantine import QuarantineEntry


class EntryKind(StrEnum):
    """What an entry of the ledger records."""

    RUN_STARTED = "run_started"
    RUN_RESUMED = "run_resumed"
    BACKUP_TAKEN = "backup_taken"
    BACKUP_WAIVED = "backup_waived"
    STEP_RUNNING = "step_running"
    STEP_DONE = "step_done"
    STEP_FAILED = "step_failed"
    MIGRATION_APPLIED = "migration_applied"
    MIGRATION_REVERTED = "migration_reverted"
    RUN_FINISHED = "run_finished"
    RUN_FAILED = "run_failed"
    CATALOG_ACCEPTED = "catalog_accepted"
    OBJECTS_QUARANTINED = "objects_quarantined"
    OBJECTS_RESTORED = "objects_restored"
    OBJECTS_PURGED = "objects_purged"


class StepRecord(Document):
    """Which step of which migration an entry is about."""

    migration: str
    """File name of the migration."""
    step: int
    """Index of the step within the migration, from 0."""
    steps: int
    """How many steps the migration has."""


class Timing(Document):
    """How long one statement took on a relation of known size, in a run that was kept."""

    work: str
    """What took the time: `scan`, `index build`, `foreign key check`, `rewrite`, `update`."""
    bytes: int
    """Size of the relation with indexes and TOAST when the plan was made."""
    ms: int
    """Milliseconds that the statement took."""


class AppliedMigration(Document):
    """A migration that stands in the target."""

    label: str
    """The file's version."""
    name: str
    """The file's name without label and ending."""
    file: str
    """Path relative to the migrations folder."""
    sha256: str
    """SHA-256 of the raw bytes that were applied."""
    normalised_sha256: str
    """SHA-256 of the same text with LF line ends and no byte order mark."""
    sql: str
    """The text that was applied."""
    rollback_sql: str | None
    """The rollback text as it was at apply time; null where there was none."""
    rollback_file: str | None
    """Path of the rollback script at apply time."""
    applied_at: str
    """When, ISO 8601, by the server's clock."""
    run: str
    """The run that applied it."""
    sequence: int
    """Its place in the ledger: later is higher."""


class UnfinishedRun(Document):
    """A run that began and has not said how it ended."""

    run: str
    """Id of the run."""
    plan: str
    """Id of the plan that it applies."""
    digest: str
    """Digest of that plan."""
    kind: str
    """`up` or `down`."""
    started_at: str
    """When, ISO 8601, by the server's clock."""
    done: tuple[StepRecord, ...]
    """The steps that are recorded as done."""
    running: StepRecord | None
    """The step outside a transaction that had begun, if any: whether it was done, the catalog must say."""
    error: str | None
    """What stopped it, where it could still say so."""

    @property
    def half_done(self) -> bool:
        """Whether a migration is left half done: a lone step begun, or some steps of it without the rest."""
        done = Counter((step.migration, step.steps) for step in self.done)
        return self.running is not None or any(count < steps for (_, steps), count in done.items())


class PastRun(Document):
    """A run in the history."""

    run: str
    """Id of the run."""
    plan: str
    """Id of its plan."""
    kind: str
    """`up` or `down`."""
    actor: str
    """Operating system user and host that ran it, and the database role."""
    tool: str
    """Version of migsafe."""
    started_at: str
    """When, ISO 8601, by the server's clock."""
    finished_at: str | None
    """When it ended, if it said so."""
    outcome: str
    """`done`, `failed`, `unfinished`."""
    migrations: tuple[str, ...]
    """Files applied or reverted, in order."""
    backup: BackupRecord | None
    """The backup that was taken first."""
    waived: str | None
    """Who waived the backup, and how; null where one was taken or none was due."""
    error: str | None
    """What stopped it."""


class LedgerState(Document):
    """What the ledger says, folded from its entries."""

    exists: bool
    """Whether the target has a ledger at all."""
    format: int
    """Version of the ledger's tables; 0 where there is none."""
    lineage: str | None
    """Its random id; null where there is none."""
    head: str
    """Chain hash of the last entry; empty where there is none."""
    intact: bool
    """Whether the chain of hashes is unbroken."""
    broken_at: int | None
    """Sequence number of the first entry that does not fit the chain."""
    applied: tuple[AppliedMigration, ...]
    """The migrations that stand, in the order in which they were applied."""
    plans: tuple[str, ...]
    """Ids of all plans that were ever begun here."""
    unfinished: UnfinishedRun | None
    """The run that is under way or broke off."""
    quarantine: tuple[QuarantineEntry, ...] = ()
    """What was dropped and is kept, and what of it was purged while its migration stands; oldest first."""
    timings: tuple[Timing, ...] = ()
    """What statements of earlier runs took, newest last, at most 200."""

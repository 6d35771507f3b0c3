"""What a run tells while it goes on: closed values that screens, logs and tests listen to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blocker:
    """A session that holds a lock which a step needs."""

    pid: int | None
    """Its process id; None for a prepared transaction."""
    application: str
    """Its `application_name`; empty where hidden."""
    user: str
    """Its role; empty where hidden."""
    relation: str
    """The relation that it has locked."""
    mode: str
    """The mode that it holds there, as SQL spells it."""
    seconds: float
    """Age of its transaction."""
    state: str
    """`active`, `idle in transaction`, ...; empty where hidden."""
    query: str
    """The first line of its last query; empty where hidden."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The ledger has a row for this run."""

    run: str
    resumed: bool


@dataclass(frozen=True, slots=True)
class LockWaiting:
    """Another run of migsafe holds the lock of this target."""

    holder: str


@dataclass(frozen=True, slots=True)
class BackupStarted:
    """pg_dump begins."""

    path: str
    database_bytes: int


@dataclass(frozen=True, slots=True)
class BackupProgress:
    """The backup grows."""

    written_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class BackupVerifying:
    """The dump is complete and is being read back."""

    path: str


@dataclass(frozen=True, slots=True)
class BackupDone:
    """The backup is verified and stands under its final name."""

    path: str
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class MigrationStarted:
    """A migration begins."""

    file: str
    steps: int


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step begins (its `running` record, where it has one, is durable)."""

    file: str
    step: int
    lone: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A strong lock is not to be had yet; nobody queues behind us meanwhile."""

    relations: tuple[str, ...]
    blockers: tuple[Blocker, ...]
    seconds: float
    attempts: int


@dataclass(frozen=True, slots=True)
class StatementStarted:
    """A statement is sent."""

    file: str
    line: int
    summary: str


@dataclass(frozen=True, slots=True)
class StatementDone:
    """A statement came back."""

    file: str
    line: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Committing:
    """All statements and the ledger row of a step are done; COMMIT is next."""

    file: str
    step: int


@dataclass(frozen=True, slots=True)
class StepDone:
    """The step is durable and recorded."""

    file: str
    step: int
    seconds: float


@dataclass(frozen=True, slots=True)
class MigrationDone:
    """All steps of a migration are durable and recorded."""

    file: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ServerNotice:
    """The server said something: a NOTICE or WARNING."""

    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run's end is recorded."""

    run: str
    seconds: float


Event = (
    RunStarted
    | LockWaiting
    | BackupStarted
    | BackupProgress
    | BackupVerifying
    | BackupDone
    | MigrationStarted
    | StepStarted
    | Waiting
    | StatementStarted
    | StatementDone
    | Committing
    | StepDone
    | MigrationDone
    | ServerNotice
    | RunFinished
)

Listener = Callable[[Event], None]


def silent(_event: Event) -> None:
    """A listener that listens to nothing."""

"""The connection that does the work: cleaned before each step, and opened anew when it was lost."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from migsafe.executor.locking import LockGate
from migsafe.executor.server.platform import stands_in
from migsafe.executor.steps.failure import place_of
from migsafe.schemas.events import ServerNotice
from migsafe.schemas.names import quoted
from migsafe.schemas.step import LoneStep, TransactionStep, statements_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    import psycopg

    from migsafe.executor.signals import Interruption
    from migsafe.schemas.events import Listener
    from migsafe.schemas.ledger import StepRecord
    from migsafe.schemas.plan import Limits, PlannedMigration
    from migsafe.schemas.problem import Place
    from migsafe.schemas.step import StatementText


@dataclass(frozen=True, slots=True)
class Task:
    """One step in its migration."""

    migration: PlannedMigration
    index: int
    """Which step of the migration, from 0."""
    resumed: bool = False
    """Whether an earlier run had begun this very step, which is a lone one, and did not say how it ended."""

    @property
    def place(self) -> Place:
        """Where its first statement stands."""
        return place_of(self.migration, statements_of(self.migration.steps[self.index])[0])

    @property
    def is_last(self) -> bool:
        """Whether the migration is complete with it."""
        return self.index == len(self.migration.steps) - 1

    def record(self) -> StepRecord:
        """As the ledger names it."""
        from migsafe.schemas.ledger import StepRecord  # noqa: PLC0415 - only here

        return StepRecord(migration=self.migration.file, step=self.index, steps=len(self.migration.steps))


class Observer(Protocol):
    """Looks at what statements do; a rehearsal has one."""

    def watching(self, connection: psycopg.Connection, statement: StatementText) -> AbstractContextManager[None]:
        """A context in which the statement is sent."""


@dataclass(slots=True)
class Worker:
    """The connection that does the work, and the limits that hold for it."""

    connection: psycopg.Connection
    """In autocommit mode; transactions are begun and ended by statements of ours."""
    open: Callable[[], psycopg.Connection]
    """Opens another one to the same database, or raises a Problem."""
    limits: Limits
    role: str | None
    listener: Listener
    interruption: Interruption
    observer: Observer | None = None
    """Who looks on while statements are sent."""
    took: dict[str, float] = field(default_factory=dict)
    """Seconds that each statement took when it was last sent, by its hash."""

    _noticing: str = ""

    def __post_init__(self) -> None:
        self._listen()
        # `connect` has the server notice our end, where it can; cleaning the session takes that away.
        row = self.connection.execute("SELECT current_setting('client_connection_check_interval', true)").fetchone()
        if row is not None and row[0] not in {None, "0"}:
            self._noticing = f"client_connection_check_interval = '{row[0]}'"

    def clean(self) -> None:
        """Take back all session state that a migration may have left: settings, role, temporary tables, listens."""
        self.connection.execute(b"DISCARD ALL")

    def reopen(self) -> None:
        """Go on with a new connection to the same database. Raises a Problem where there is none to be had."""
        self.connection.close()
        self.connection = self.open()
        self._listen()

    def gate(self, step: TransactionStep | LoneStep, place: Place) -> LockGate:
        """The way to the locks of a step."""
        return LockGate(step.locks, self.limits.locking, self.role, self.listener, self.interruption.pause, place)

    def limits_sql(self, scope: str) -> str:
        """The statements that set role and limits, each but the last ended; `scope` is SET or SET LOCAL."""
        role = f"ROLE {quoted(self.role) if self.role else 'NONE'}"
        idle = f"idle_in_transaction_session_timeout = {self.limits.timeouts.idle_in_transaction}"
        return "; ".join(f"{scope} {setting}" for setting in (role, idle, self._noticing) if setting)

    def execute(self, statement: StatementText) -> tuple[str, ...]:
        """Send a statement byte for byte; the command tags of what came back. A signal cancels it (57014)."""
        sql = self._fitting(statement)
        watching = self.observer.watching(self.connection, statement) if self.observer else nullcontext()
        began = time.monotonic()
        with watching, self.interruption.cancelling(self.connection):
            # Without parameters: the simple protocol, in which % is nothing special.
            cursor = self.connection.execute(sql.encode())
        self.took[statement.sha256] = time.monotonic() - began
        tags = [cursor.statusmessage or ""]
        while cursor.nextset():
            tags.append(cursor.statusmessage or "")
        return tuple(tags)

    def _fitting(self, statement: StatementText) -> str:
        """Its text, or what a stand-in is sent instead, which is said."""
        if statement.on_stand_in is None or not stands_in(self.connection):
            return statement.sql
        self.listener(ServerNotice("NOTICE", f"a stand-in is sent another text for: {statement.summary}"))
        return statement.on_stand_in

    def _listen(self) -> None:
        self.connection.add_notice_handler(self._notice)

    def _notice(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        self.listener(ServerNotice(diagnostic.severity_nonlocalized or "NOTICE", diagnostic.message_primary or ""))


def roll_back(connection: psycopg.Connection) -> None:
    """End whatever transaction is open; a connection that was lost has none."""
    import psycopg  # noqa: PLC0415 - slow to import

    if connection.broken or connection.closed:
        return
    if connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE:
        return
    try:
        connection.execute(b"ROLLBACK")
    except psycopg.errors.QueryCanceled:  # a cancel that was meant for the statement before
        connection.execute(b"ROLLBACK")
    except psycopg.OperationalError:
        connection.close()

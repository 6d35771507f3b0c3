"""Goes past statements that want rows which a shadow does not have: they fail there and not in the target."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.executor.steps import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from migsafe.schemas.step import StatementText

WANT_ROWS = frozenset({"23503", "23502", "P0001", "P0002", "P0003"})
"""A key that refers to no row, a value that a query did not find, what code raises when it misses rows."""

_ON_ROWS = frozenset({"insert", "update", "delete", "merge", "with", "select", "values", "do", "call"})
"""What statements begin with that read or write rows. Where any other fails so, an event trigger refuses it."""

_WENT_PAST = ("",)


@dataclass(slots=True)
class SparingWorker(Worker):
    """A worker that leaves such a statement undone, says so, and goes on in the same transaction."""

    tell: Callable[[StatementText, str], None] = field(kw_only=True)
    """Called with the statement and the server's message."""

    def execute(self, statement: StatementText) -> tuple[str, ...]:
        """As any worker, in a savepoint where a transaction is open."""
        import psycopg  # noqa: PLC0415 - slow to import

        if not (_on_rows(statement) and _in_transaction(self.connection)):
            return Worker.execute(self, statement)
        self.connection.execute(b"SAVEPOINT migsafe_statement")
        try:
            tags = Worker.execute(self, statement)
        except psycopg.Error as error:
            if error.sqlstate not in WANT_ROWS or self.connection.closed:
                raise
            self.connection.execute(b"ROLLBACK TO SAVEPOINT migsafe_statement; RELEASE SAVEPOINT migsafe_statement")
            self.tell(statement, f"{error.diag.message_primary} ({error.sqlstate})")
            return _WENT_PAST
        if _in_transaction(self.connection):  # where the statement did not end it, of which the step will tell
            self.connection.execute(b"RELEASE SAVEPOINT migsafe_statement")
        return tags


def _on_rows(statement: StatementText) -> bool:
    return statement.sql.split(maxsplit=1)[0].lower() in _ON_ROWS


def sparing(worker: Worker, tell: Callable[[StatementText, str], None]) -> SparingWorker:
    """The worker, from now on as one that spares."""
    return SparingWorker(
        worker.connection,
        worker.open,
        worker.limits,
        worker.role,
        worker.listener,
        worker.interruption,
        worker.observer,
        tell=tell,
    )


def _in_transaction(connection: psycopg.Connection) -> bool:
    import psycopg  # noqa: PLC0415 - slow to import

    return connection.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS

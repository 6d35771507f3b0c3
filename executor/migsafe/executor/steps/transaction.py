"""A step whose statements and ledger row stand or fall together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from migsafe.executor.steps.commit import commit
from migsafe.executor.steps.failure import left_the_transaction, lost, place_of, refused, refused_at_commit, unrecorded
from migsafe.executor.steps.worker import roll_back
from migsafe.schemas.events import StatementDone, StatementStarted

if TYPE_CHECKING:
    import psycopg

    from migsafe.executor.locking import LockGate
    from migsafe.executor.steps.worker import Task, Worker
    from migsafe.schemas.step import Mode, StatementText, TransactionStep

# What a statement may not answer: it would have ended the transaction that the step stands in.
_ENDINGS = frozenset({"BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK", "PREPARE TRANSACTION"})

# Whatever the statements did to the session, from here on it is ours; deferred triggers still run as the step's role.
_SETTLE = """
SET CONSTRAINTS ALL IMMEDIATE;
SET LOCAL SESSION AUTHORIZATION DEFAULT;
SET LOCAL ROLE NONE;
SET LOCAL search_path = pg_catalog;
SET LOCAL statement_timeout = {timeout};
SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text
"""


class Record(Protocol):
    """Writes what a step has to leave in the ledger, into the transaction that is open."""

    def done(self, connection: psycopg.Connection, task: Task) -> str:
        """Write that the step is done, and what is complete with it; the hash of the last entry."""

    def kept(self) -> None:
        """The transaction was committed."""

    def forget(self) -> None:
        """The transaction was rolled back."""


class Contended(Exception):  # noqa: N818 - no error: the attempt is made again
    """Others hold what the attempt needs; it was rolled back as a whole, and may be made again."""


def run_transaction(step: TransactionStep, task: Task, worker: Worker, record: Record) -> None:
    """Do the step and commit it, again and again while others hold its locks, until the deadline.

    Raises RolledBack (nothing of the step stands), Partial (how it ended is not known) or Interrupted.
    """
    gate = worker.gate(step, task.place)
    worker.clean()
    while True:
        gate.wait(worker.connection)
        try:
            xid = attempt(step, task, worker, gate)
            head = _recorded(record, task, worker)
            commit(worker, task, xid, head)
        except Contended:
            record.forget()
            gate.rest(worker.connection)
            worker.clean()
        except BaseException:
            record.forget()
            roll_back(worker.connection)
            raise
        else:
            record.kept()
            return


def _recorded(record: Record, task: Task, worker: Worker) -> str:
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        return record.done(worker.connection, task)
    except psycopg.Error as error:
        if worker.connection.broken or worker.connection.closed:
            raise lost(task.place) from error
        raise unrecorded(error, task.place) from error


def attempt(step: TransactionStep, task: Task, worker: Worker, gate: LockGate) -> str:
    """Begin, take the locks, and do the statements; the transaction's id. It is left open, as our own role."""
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        begin(worker, gate, step.modes)
        for statement in step.statements:
            _do(statement, task, worker)
        return settle(worker)
    except psycopg.Error as error:
        raise judged(error, task, worker) from error


def _do(statement: StatementText, task: Task, worker: Worker) -> None:
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        send(statement, task, worker)
    except psycopg.Error as error:
        raise judged(error, task, worker, statement) from error


def begin(worker: Worker, gate: LockGate, modes: tuple[Mode, ...] = ()) -> None:
    """Begin a transaction with our limits and take the locks in one short attempt. Raises Contended.

    Of the modes that the file's own BEGIN asks for the isolation level holds; a read-only one could not be recorded.
    """
    from psycopg import errors  # noqa: PLC0415 - slow to import

    sql = (
        f"BEGIN; {_isolation(modes)}{gate.pushing()}{worker.limits_sql('SET LOCAL')}; {gate.taking()}; "
        f"SET LOCAL statement_timeout = {worker.limits.timeouts.statement}"
    )
    try:
        with worker.interruption.cancelling(worker.connection):
            worker.connection.execute(sql.encode())
    except errors.QueryCanceled:  # here statement_timeout ends the attempt as lock_timeout does
        roll_back(worker.connection)
        worker.interruption.check()
        raise Contended from None


def _isolation(modes: tuple[Mode, ...]) -> str:
    levels = [mode.value for mode in modes if mode.name == "transaction_isolation"]
    return "".join(f"SET LOCAL transaction_isolation = '{level.replace(chr(39), '')}'; " for level in levels)


def send(statement: StatementText, task: Task, worker: Worker) -> None:
    """Send one statement of an open transaction and tell the listener. Raises psycopg.Error, or Partial."""
    import psycopg  # noqa: PLC0415 - slow to import

    file = task.migration.file
    worker.listener(StatementStarted(file, statement.line, statement.summary))
    began = time.monotonic()
    tags = worker.execute(statement)
    ended = next((tag for tag in tags if tag in _ENDINGS), None)
    if ended or worker.connection.info.transaction_status is not psycopg.pq.TransactionStatus.INTRANS:
        raise left_the_transaction(place_of(task.migration, statement), ended or tags[-1])
    worker.listener(StatementDone(file, statement.line, time.monotonic() - began))


def settle(worker: Worker) -> str:
    """Fire what was deferred, take the session back from the statements, and return the transaction's id."""
    sql = _SETTLE.format(timeout=worker.limits.timeouts.statement)
    with worker.interruption.cancelling(worker.connection):
        cursor = worker.connection.execute(sql.encode())
    while cursor.nextset():
        pass
    row = cursor.fetchone()
    return str(row[0]) if row else ""


def judged(error: psycopg.Error, task: Task, worker: Worker, statement: StatementText | None = None) -> Exception:
    """What an error means: made again, lost, interrupted, or refused for good. The transaction is over."""
    from psycopg import errors  # noqa: PLC0415 - slow to import

    place = place_of(task.migration, statement) if statement else task.place
    if worker.connection.broken or worker.connection.closed:
        return lost(place)
    roll_back(worker.connection)
    worker.interruption.check()
    if isinstance(error, errors.LockNotAvailable | errors.DeadlockDetected | errors.SerializationFailure):
        return Contended()
    return refused(error, task.migration, statement) if statement else refused_at_commit(error, place)

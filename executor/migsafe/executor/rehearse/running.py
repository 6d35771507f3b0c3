"""Runs migrations on a shadow with the executor's own steps, without a ledger and without waiting for others."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, assert_never

from migsafe.executor.shadow.database import session
from migsafe.executor.signals import Interruption
from migsafe.executor.steps import Task, Worker, run_lone, run_transaction
from migsafe.executor.steps.failure import lost, refused, refused_at_commit
from migsafe.executor.steps.transaction import send, settle
from migsafe.executor.steps.worker import roll_back
from migsafe.schemas.events import silent
from migsafe.schemas.problem import RolledBack
from migsafe.schemas.step import LoneStep, TransactionStep, statements_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import psycopg

    from migsafe.executor.steps.worker import Observer
    from migsafe.schemas.events import Listener
    from migsafe.schemas.plan import Limits, PlannedMigration
    from migsafe.schemas.step import Step

_FRESH = "RESET ALL; SET LOCAL SESSION AUTHORIZATION DEFAULT; DEALLOCATE ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP"
"""As DISCARD ALL, which no transaction takes, but for advisory locks: those of transactions stay to its end."""


class Unrecorded:
    """A record that keeps nothing: what is rehearsed is no history."""

    def done(self, connection: psycopg.Connection, task: Task) -> str:  # noqa: ARG002 - as the step calls it
        """Nothing is written."""
        return ""

    def kept(self) -> None:
        """Nothing was written."""

    def forget(self) -> None:
        """Nothing was written."""

    def running(self, task: Task) -> None:
        """Nothing is written."""

    def failed(self, task: Task, error: str) -> None:
        """Nothing is written."""

    def finished(self, task: Task) -> None:
        """Nothing is written."""


def worker_on(
    connection: psycopg.Connection,
    limits: Limits,
    role: str | None,
    listener: Listener = silent,
    observer: Observer | None = None,
) -> Worker:
    """A worker on a shadow. A connection that is lost is not opened anew: the scratch server is gone then."""
    return Worker(connection, _gone, limits, role, listener, Interruption(), observer)


def run_migration(worker: Worker, migration: PlannedMigration, before_step: Callable[[], None] = lambda: None) -> None:
    """Do all steps of a migration; `before_step` is called before each, outside of a transaction.

    Raises RolledBack, Partial and Drift as the steps do.
    """
    record = Unrecorded()
    for index, step in enumerate(migration.steps):
        task = Task(migration, index)
        before_step()
        match step:
            case TransactionStep():
                # Nobody else is there to wait for, and a lock taken beforehand would hide what a statement takes.
                run_transaction(step.model_copy(update={"locks": ()}), task, worker, record)
            case LoneStep():
                run_lone(step.model_copy(update={"locks": ()}), task, worker, record, None)
            case _:
                assert_never(step)


@contextmanager
def runner(url: str, limits: Limits, role: str | None) -> Iterator[Callable[[PlannedMigration], None]]:
    """What does one migration after the other on the database of a URL, unobserved, in one session for all.

    It raises as `run_migration`. Each step finds the session as a new one: it is cleaned before each, and opened anew
    after a migration that set something for the sessions to come (ALTER DATABASE ... SET, ALTER ROLE ... SET).
    """
    with ExitStack() as opened:
        worker = worker_on(opened.enter_context(session(url)), limits, role)
        settings = defaults_of(worker.connection)

        def run(migration: PlannedMigration) -> None:
            nonlocal worker, settings
            run_migration(worker, migration)
            if (now := defaults_of(worker.connection)) != settings:
                opened.close()
                worker, settings = worker_on(opened.enter_context(session(url)), limits, role), now

        yield run


def defaults_of(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    """What new sessions begin with."""
    return connection.execute("SELECT * FROM pg_catalog.pg_db_role_setting ORDER BY 1, 2").fetchall()


def run_within(worker: Worker, migration: PlannedMigration) -> None:
    """Do all steps of a migration in the transaction that is open, which is rolled back where one fails.

    Each begins with the session as it is at the start of a step, and ends by firing what was deferred. Raises
    RolledBack, and Partial where a statement ended the transaction; Drift never. Only steps that `share` may be asked
    for.
    """
    import psycopg  # noqa: PLC0415 - slow to import

    for index, step in enumerate(migration.steps):
        statement, task = None, Task(migration, index)
        try:
            worker.connection.execute(f"{_FRESH}; {worker.limits_sql('SET LOCAL')}".encode())
            limit = worker.limits.timeouts.statement
            worker.connection.execute(f"SET LOCAL statement_timeout = {limit}".encode())
            for statement in statements_of(step):
                send(statement, task, worker)
            statement = None
            settle(worker)
        except psycopg.Error as error:
            broken = worker.connection.broken or worker.connection.closed
            roll_back(worker.connection)
            if broken:
                raise lost(task.place) from error
            if statement is None:
                raise refused_at_commit(error, task.place) from error
            raise refused(error, migration, statement) from error


def share(steps: Iterable[Step]) -> bool:
    """Whether steps can be done in one transaction: none runs outside of one, or wants one of a kind of its own."""
    return all(isinstance(step, TransactionStep) and not step.modes for step in steps)


def run_on(url: str, migration: PlannedMigration, limits: Limits, role: str | None) -> None:
    """Do one migration on the database of a URL. Raises as `run_migration`."""
    with runner(url, limits, role) as run:
        run(migration)


def _gone() -> psycopg.Connection:
    raise RolledBack(
        "the scratch server is gone in the middle of the rehearsal",
        why="it was ended, or ran out of memory or disk; the target was not touched",
        remedy="see the last lines of .migsafe/shadow/*/server.log, then try again",
    )

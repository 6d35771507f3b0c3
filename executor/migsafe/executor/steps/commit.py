"""COMMIT, and how to find out whether it happened when its answer was lost."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from migsafe.executor.gate import OtherTarget
from migsafe.executor.ledger.journal import recorded
from migsafe.executor.steps.failure import refused_at_commit
from migsafe.schemas.events import Committing
from migsafe.schemas.problem import Partial, Problem, RolledBack

if TYPE_CHECKING:
    from migsafe.executor.steps.worker import Task, Worker

_ASK_SECONDS = 30
_ASK_EVERY = 0.2


def commit(worker: Worker, task: Task, xid: str, head: str) -> None:
    """Commit the open transaction, whose id and last ledger entry are given.

    When the answer is lost the server is asked through a new connection, with which the worker goes on. Raises
    RolledBack where it was not committed, Partial where that cannot be known.
    """
    import psycopg  # noqa: PLC0415 - slow to import

    worker.listener(Committing(task.migration.file, task.index))
    worker.interruption.check()
    try:
        tag = worker.connection.execute(b"COMMIT").statusmessage
    except psycopg.Error as error:
        if not (worker.connection.broken or worker.connection.closed):
            raise refused_at_commit(error, task.place) from error
        _ask(worker, task, xid, head)
    else:
        if tag != "COMMIT":
            raise _not_committed(task)


def _ask(worker: Worker, task: Task, xid: str, head: str) -> None:
    end = time.monotonic() + _ASK_SECONDS
    while True:
        try:
            match _fate(worker, xid, head):
                case "committed":
                    return
                case "aborted":
                    raise _not_committed(task)
                case _:
                    why = "the transaction is still in progress on the server"
        except (RolledBack, Partial):
            raise
        except OtherTarget as problem:
            raise _unknown(task, problem.what) from problem
        except Problem as problem:
            why = f"{problem.what}: {problem.why}"
        if time.monotonic() >= end:
            raise _unknown(task, why)
        worker.interruption.pause(_ASK_EVERY)


def _fate(worker: Worker, xid: str, head: str) -> str:
    """`committed`, `aborted` or `in progress`."""
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        if worker.connection.broken or worker.connection.closed:
            worker.reopen()
        row = worker.connection.execute("SELECT pg_catalog.pg_xact_status(%s::pg_catalog.xid8)", [xid]).fetchone()
        fate = str(row[0]) if row and row[0] else "aborted"
        # The entry is the last word: the server forgets the fate of old transactions.
        return "committed" if fate != "in progress" and recorded(worker.connection, head) else fate
    except psycopg.Error as error:
        raise Problem("the server does not answer", why=str(error).strip()) from error


def _not_committed(task: Task) -> RolledBack:
    return RolledBack(
        "the server did not commit the step",
        why="the connection was lost at COMMIT, and the server says that the transaction was rolled back",
        remedy="go on: migsafe apply plan.json",
        place=task.place,
    )


def _unknown(task: Task, why: str) -> Partial:
    return Partial(
        "the answer to COMMIT was lost, and whether the step stands could not be found out",
        why=why,
        remedy="when the server answers again, ask it: migsafe status",
        place=task.place,
    )

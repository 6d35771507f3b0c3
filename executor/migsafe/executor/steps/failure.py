"""What the server said of a statement, as a problem with its place in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.schemas.problem import Partial, Place, RolledBack

if TYPE_CHECKING:
    import psycopg

    from migsafe.schemas.plan import PlannedMigration
    from migsafe.schemas.step import StatementText

_AGAIN = "correct the migration, then: migsafe plan"


def place_of(migration: PlannedMigration, statement: StatementText, position: int | None = None) -> Place:
    """Where a statement stands in its file; with `position` (characters from 1, as the server counts), where in it.

    The statement's own line is that of its first word, while positions count from the comments that lead it: the text
    is looked for in the file around that word.
    """
    lines = migration.sql.split("\n")
    line, column = statement.line - migration.first_line + 1, statement.column
    if position is not None and 1 <= line <= len(lines):
        word = sum(len(earlier) + 1 for earlier in lines[: line - 1]) + column - 1
        start = migration.sql.rfind(statement.sql, 0, word + len(statement.sql))
        if start != -1:
            before = migration.sql[: start + position - 1]
            line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    excerpt = lines[line - 1].rstrip("\r") if 1 <= line <= len(lines) else ""
    return Place(migration.path, line + migration.first_line - 1, column, excerpt)


def refused(error: psycopg.Error, migration: PlannedMigration, statement: StatementText) -> RolledBack:
    """The server refused a statement and its transaction was rolled back."""
    position = error.diag.statement_position
    return RolledBack(
        f"{statement.summary} failed: {_said(error)}",
        why=reasons(error),
        remedy=_remedy(error),
        place=place_of(migration, statement, int(position) if position else None),
    )


def refused_at_commit(error: psycopg.Error, place: Place) -> RolledBack:
    """The server refused what a transaction left for its end: deferred constraints and triggers."""
    return RolledBack(
        f"the end of the transaction failed: {_said(error)}", why=reasons(error), remedy=_AGAIN, place=place
    )


def reasons(error: psycopg.Error) -> str:
    """SQLSTATE, detail, hint and context, as far as the server gave them."""
    diag = error.diag
    parts = [f"SQLSTATE {error.sqlstate}" if error.sqlstate else "", diag.message_detail or ""]
    parts += [f"hint: {diag.message_hint}" if diag.message_hint else ""]
    parts += [f"in {diag.context.splitlines()[0]}" if diag.context else ""]
    return "; ".join(part for part in parts if part)


def lost(place: Place) -> RolledBack:
    """The connection broke before COMMIT was sent, so the server rolls the transaction back."""
    return RolledBack(
        "the connection to the server was lost in the middle of a step, which the server rolls back",
        why="COMMIT had not been sent",
        remedy="when the server answers again, go on: migsafe apply plan.json",
        place=place,
    )


def unrecorded(error: psycopg.Error, place: Place) -> RolledBack:
    """The ledger did not take the entry, so that the step must not stand either."""
    return RolledBack(
        f"the ledger could not be written, so the step was rolled back: {_said(error)}",
        why=reasons(error),
        remedy="see what became of the schema migsafe: migsafe status",
        place=place,
    )


def left_the_transaction(place: Place, tag: str) -> Partial:
    """A statement ended the transaction of its step, so that what stood before it may be committed."""
    return Partial(
        "a statement ended the transaction that migsafe had begun",
        why=f"the server answered {tag}; what the step had done before may stand, and is not recorded",
        remedy="see what stands, and compare the database with the migration: migsafe status",
        place=place,
    )


def _said(error: psycopg.Error) -> str:
    return error.diag.message_primary or str(error).strip() or "the server gave no reason"


def _remedy(error: psycopg.Error) -> str:
    from psycopg import errors  # noqa: PLC0415 - slow to import

    if isinstance(error, errors.QueryCanceled):
        return "raise policies.timeouts.statement, or split the work, then: migsafe plan"
    if isinstance(error, errors.InsufficientPrivilege):
        return "grant the right that is missing, then go on: migsafe apply plan.json"
    return _AGAIN

"""Tells a migration that fails from a scratch server that does."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from migsafe.executor.rehearse.sparing import WANT_ROWS
from migsafe.executor.shadow.failed import broke_off
from migsafe.schemas.evidence import RehearsalFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from migsafe.schemas.plan import PlannedMigration
    from migsafe.schemas.problem import Problem

# Classes of SQLSTATE that tell of the server and not of the statement: resources (disk, memory), shutdown, system,
# internal. Of class 57 only 57014, a cancel, comes from the statement's own limit. Class 08, while our own connection
# stands, tells of another that the statement wanted.
_OF_THE_SERVER = ("53", "57P", "58", "XX")

_MISSING = (
    "if no migration makes it because it was made by hand or in a dashboard, write it down as the first one (Supabase: "
    "supabase db pull; an extension: CREATE EXTENSION IF NOT EXISTS), or plan for the database that has it: "
    "database.url_env; else correct the migration, then: migsafe plan"
)
_THERE_ALREADY = (
    "an earlier migration makes it too: delete the one that never ran anywhere, or let it be made only where it is "
    "missing, then: migsafe plan"
)
_OF_ROWS = (
    "the shadow has the schema and none of the rows: where the target has those that are missed, go without: "
    "migsafe plan --no-rehearsal; else correct the migration, then: migsafe plan"
)
_ADVICE = {
    # undefined table, function, object, column; no such schema
    **dict.fromkeys(("42P01", "42883", "42704", "42703", "3F000"), _MISSING),
    # duplicate table, function, object, column, schema
    **dict.fromkeys(("42P07", "42723", "42710", "42701", "42P06"), _THERE_ALREADY),
    **dict.fromkeys(WANT_ROWS, _OF_ROWS),
}


@contextmanager
def of_the_server() -> Iterator[None]:
    """Turn an error of the server that no statement of a plan explains into a Problem."""
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        yield
    except psycopg.Error as error:
        raise broke_off(error) from error


def failure_of(problem: Problem, migration: PlannedMigration, connection: psycopg.Connection) -> RehearsalFailure:
    """A migration's failure as evidence. Raises ScratchFailed where it is none of the migration's doing."""
    import psycopg  # noqa: PLC0415 - slow to import

    cause = problem.__cause__
    if connection.broken or connection.closed:
        raise broke_off(cause if isinstance(cause, psycopg.Error) else psycopg.OperationalError()) from problem
    if isinstance(cause, psycopg.Error) and _of_the_server(cause):
        raise broke_off(cause) from problem
    place = problem.place
    return RehearsalFailure(
        file=migration.file,
        path=place.path if place else migration.path,
        line=place.line if place else 0,
        column=place.column if place else 0,
        excerpt=place.excerpt if place else "",
        what=problem.what,
        why=problem.why,
        remedy=_remedy(cause),
    )


def _of_the_server(error: psycopg.Error) -> bool:
    from psycopg import errors  # noqa: PLC0415 - slow to import

    # A limit that we set ourselves is the statement's to keep.
    limit = isinstance(error, errors.ConfigurationLimitExceeded)
    return not limit and (error.sqlstate or "").startswith(_OF_THE_SERVER)


def _remedy(cause: BaseException | None) -> str:
    import psycopg  # noqa: PLC0415 - slow to import
    from psycopg import errors  # noqa: PLC0415 - slow to import

    match cause:
        case errors.QueryCanceled():
            return "it did not end within rehearsal.timeout: mend the migration, or raise the limit, then: migsafe plan"
        case errors.InsufficientPrivilege():
            return (
                "on the shadow migrations run as an ordinary role, never as a superuser: mend the migration, or go"
                " without: migsafe plan --no-rehearsal"
            )
        case errors.OperationalError(sqlstate=str(state)) if state.startswith("08"):
            return (
                "the scratch server has no network: a migration that needs another server goes without a rehearsal:"
                " migsafe plan --no-rehearsal"
            )
        case psycopg.Error(sqlstate=str(state)) if state in _ADVICE:
            return _ADVICE[state]
        case _:
            return "correct the migration, then: migsafe plan"

"""What an error means that the server gives, or a connection, while it is only asked."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg


class Unanswered(Problem):
    """The server did not answer a question of ours."""


@contextmanager
def answered() -> Iterator[None]:
    """For a block that reads: turn an error of the server that nobody foresaw into Unanswered."""
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        yield
    except psycopg.Error as error:
        raise _unanswered(error) from error


def _unanswered(error: psycopg.Error) -> Unanswered:
    from psycopg import errors  # noqa: PLC0415 - slow to import

    said = " ".join((error.diag.message_primary or str(error)).split()) or type(error).__name__
    if isinstance(error, errors.QueryCanceled):
        return Unanswered(
            "the server ended a question of migsafe's before it was answered",
            why=f"{said}; it holds for this role, this database or the whole server",
            remedy="give the role more time, for instance: ALTER ROLE ... SET statement_timeout = '1min'",
        )
    if error.sqlstate is None or isinstance(error, errors.AdminShutdown | errors.CrashShutdown):
        return Unanswered(
            "the connection to the server was lost while it was asked", why=said, remedy="run the same command again"
        )
    return Unanswered(
        f"the server refused a question of migsafe's: {said}",
        why=f"SQLSTATE {error.sqlstate}",
        remedy="see what the role may do: migsafe doctor",
    )

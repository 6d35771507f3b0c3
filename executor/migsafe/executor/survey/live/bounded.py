"""One question at a time, in a read-only transaction of bounded length; what is not answered becomes a gap."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from migsafe.schemas.live import Gap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

T = TypeVar("T")

LOCK_TIMEOUT_MS = 100
"""The longest wait for a table that somebody holds: sizes need ACCESS SHARE."""

_REASONS = {
    "42501": "our role may not read it",
    "55P03": "another session holds an exclusive lock",
    "57014": "it was not answered in time",
    "55000": "the server does not offer it now",
}


@dataclass(slots=True)
class Bounded:
    """A connection in autocommit mode that asks politely, and what it was not told."""

    connection: psycopg.Connection
    timeout_ms: int
    gaps: list[Gap] = field(default_factory=list)

    def ask(self, fact: str, question: Callable[[psycopg.Connection], T]) -> T | None:
        """What `question` gives in a transaction of its own; None, and a gap, where the server refuses or is slow.

        Raises psycopg.Error where the connection itself is lost.
        """
        import psycopg  # noqa: PLC0415 - slow to import

        try:
            with bounds(self.connection, self.timeout_ms, LOCK_TIMEOUT_MS):
                return question(self.connection)
        except psycopg.Error as error:
            if self.connection.broken:
                raise
            self.gaps.append(refusal(fact, error.sqlstate))
            return None

    def lacks(self, fact: str, reason: str) -> None:
        """Name a gap that no error told of."""
        self.gaps.append(Gap(fact=fact, reason=reason, sqlstate=None))


def refusal(fact: str, sqlstate: str | None) -> Gap:
    """The gap that an error of the server leaves."""
    return Gap(fact=fact, reason=_REASONS.get(sqlstate or "", "the server refused the question"), sqlstate=sqlstate)


@contextmanager
def bounds(connection: psycopg.Connection, statement_ms: int, lock_ms: int) -> Iterator[None]:
    """A read-only transaction that is rolled back, in which no statement and no wait takes longer."""
    with connection.transaction(force_rollback=True):
        connection.execute(own("bounds.sql"), {"statement": str(statement_ms), "lock": str(lock_ms)})
        yield


def own(name: str) -> bytes:
    """A query of this folder."""
    return files(__package__).joinpath(name).read_bytes()

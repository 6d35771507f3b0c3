"""Writes entries to the ledger, in whatever transaction is open."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from migsafe.executor.ledger.chain import BEGINNING, link
from migsafe.executor.ledger.entries import body_of, kind_of

if TYPE_CHECKING:
    import psycopg

    from migsafe.executor.ledger.entries import Said


_INSERT: Final = b"INSERT INTO migsafe.ledger (sequence, run, kind, body, previous, hash) VALUES "
_ROW: Final = b"(%s, %s, %s, %s, %s, %s)"


class Position(NamedTuple):
    """The end of the chain, as it is known in memory."""

    sequence: int
    """Of the last entry; 0 where there is none."""
    head: str
    """Hash of the last entry; empty where there is none."""


def position(connection: psycopg.Connection) -> Position:
    """The end of the chain as this connection sees it now. The ledger has to exist."""
    row = connection.execute(_own("head.sql")).fetchone()
    return Position(0, BEGINNING) if row is None else Position(int(row[0]), str(row[1]))


class Journal:
    """Appends the entries of one run.

    Whoever makes one holds the lock of the target and took `position` under it: the end of the chain is kept in memory
    from then on. The session's role must be the ledger's owner when an entry is written (`RESET ROLE` first).
    """

    def __init__(self, connection: psycopg.Connection, run: str, end: Position) -> None:
        self._connection = connection
        self.run = run
        self.position = end

    def record(self, *said: Said) -> None:
        """Write entries, in their order, with exactly one INSERT. On an error the position stays where it was."""
        from psycopg.types.json import Jsonb  # noqa: PLC0415 - slow to import

        end, values = self.position, list[object]()
        for one in said:
            kind, body = kind_of(one).value, body_of(one)
            head = link(end.head, end.sequence + 1, self.run, kind, body)
            values += [end.sequence + 1, self.run, kind, Jsonb(body), end.head, head]
            end = Position(end.sequence + 1, head)
        self._connection.execute(_INSERT + b", ".join([_ROW] * len(said)), values)
        self.position = end

    def forget_to(self, earlier: Position) -> None:
        """After a rollback: go back to the position that was kept before the transaction or savepoint."""
        self.position = earlier


def recorded(connection: psycopg.Connection, head: str) -> bool:
    """Whether an entry with this hash is durable: what to ask when the answer to COMMIT was lost."""
    row = connection.execute("SELECT EXISTS (SELECT FROM migsafe.ledger WHERE hash = %s)", [head]).fetchone()
    return bool(row and row[0])


def _own(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()

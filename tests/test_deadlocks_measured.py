"""What lock-order-deadlock claims, with two sessions on the server."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.planner.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

(RULE,) = [rule for rule in RULES if rule.name == "lock-order-deadlock"]
REFERENCED_FIRST = [each for each in RULE.unsafe.strip().splitlines() if each]
REFERRING_FIRST = REFERENCED_FIRST[::-1]
WAITING = "SELECT FROM pg_locks WHERE pid = %s AND NOT granted"


class Insert(Thread):
    """A session of the application that inserts a row whose foreign key is to be checked."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.connection = psycopg.connect(url, autocommit=True)
        self.sqlstate: str | None = None

    def run(self) -> None:
        try:
            self.connection.execute("INSERT INTO orders (id, user_id) VALUES (1, 1)")
        except psycopg.Error as error:
            self.sqlstate = error.sqlstate


@pytest.fixture
def insert(database: str) -> Iterator[Insert]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(RULE.before + "INSERT INTO users VALUES (1);")
    made = Insert(database)
    yield made
    made.connection.cancel_safe()
    made.join()
    made.connection.close()


def migrate(database: str, insert: Insert, statements: list[str]) -> str | None:
    """The SQLSTATE of a migration during whose first lock the row is inserted; None where it goes through."""
    with psycopg.connect(database) as migration, psycopg.connect(database, autocommit=True) as watcher:
        first, second = statements
        try:
            migration.execute(first.encode())
            insert.start()
            while watcher.execute(WAITING, [insert.connection.info.backend_pid]).fetchone() is None:
                pass
            migration.execute(second.encode())
            migration.commit()
        except psycopg.Error as error:
            return error.sqlstate
    return None


def test_the_referenced_table_first_is_a_deadlock(database: str, insert: Insert) -> None:
    """The row holds its table and waits for the referenced one: one of the two must give way."""
    migrated = migrate(database, insert, REFERENCED_FIRST)
    insert.join()
    assert {migrated, insert.sqlstate} == {"40P01", None}


def test_the_referring_table_first_is_none(database: str, insert: Insert) -> None:
    """The row waits for its own table and holds nothing: as the remedy says."""
    assert migrate(database, insert, REFERRING_FIRST) is None
    insert.join()
    assert insert.sqlstate is None

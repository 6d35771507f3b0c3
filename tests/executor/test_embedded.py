"""The embedded server: started, shared, killed, found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg


def test_a_fresh_database_takes_utf8(database: str, connect: Callable[[str], psycopg.Connection]) -> None:
    row = connect(database).execute("SELECT upper('é'), current_setting('server_encoding')").fetchone()
    assert row == ("É", "UTF8")

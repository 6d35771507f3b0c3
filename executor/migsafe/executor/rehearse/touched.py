"""Asks which objects the running transaction wrote, looking only at the system tables that it wrote to."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from migsafe.executor.rehearse.look import own

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

_HEADING = re.compile(r"^-- (?:part (\w+)|(whole))$", re.MULTILINE)


def touched(connection: psycopg.Connection, written: Iterable[str], since: int) -> list[tuple[str, int, int]]:
    """Kind, object id and command of each object whose rows in these system tables are of command `since` or later."""
    parts, whole = _parts()
    wanted = [part for table, part in parts if table in set(written)]
    if not wanted:
        return []
    query = whole.replace("{parts}", "\nUNION ALL\n".join(wanted))
    return connection.execute(query.encode(), {"since": since}).fetchall()


@cache
def _parts() -> tuple[tuple[tuple[str, str], ...], str]:
    """The parts with the system table of each, and what holds them together."""
    pieces = _HEADING.split(own("touched.sql").decode())[1:]
    named = [(pieces[at], pieces[at + 1], pieces[at + 2]) for at in range(0, len(pieces), 3)]
    return tuple((table, text) for table, end, text in named if not end), next(text for _, end, text in named if end)

"""What a dump holds, counted while it streams by."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from migsafe.schemas.backup import Census, TableCount
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST = 1 << 20
_END_OF_ROWS = b"\\.\n"
_COMPLETE = b"-- PostgreSQL database dump complete\n"
# pg_dump puts such a line before each object, also in what pg_restore prints (src/bin/pg_dump/pg_backup_archiver.c).
_ENTRY = re.compile(rb"-- (?:Data for )?Name: .*; Type: (?P<type>[A-Z ]+); Schema: ")
_IDENTIFIER = rb'(?:"(?:[^"]|"")+"|[^\s".]+)'
_COPY = re.compile(rb"COPY (?P<schema>" + _IDENTIFIER + rb")\.(?P<name>" + _IDENTIFIER + rb") ")
_COPY_END = b" FROM stdin;\n"


class Lines(Protocol):
    """Anything that bytes are read from line by line."""

    def readline(self, size: int, /) -> bytes:
        """The next line, or as much of it as `size` allows; empty at the end."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was found in a dump."""

    rows: Mapping[str, int]
    """Rows of each table that has data, empty tables included."""
    sequences: int
    views: int
    functions: int
    is_complete: bool
    """Whether pg_dump's closing words stand at the end."""


def read_content(dump: Lines) -> Content:
    """Read a plain dump, or the text of an archive, to its end. Memory stays small however long the lines are."""
    rows: Counter[str] = Counter()
    entries: Counter[bytes] = Counter()
    entry, previous, is_complete = b"", b"", False
    lines = _lines(dump)
    for line in lines:
        if previous == b"--\n" and (found := _ENTRY.match(line)):
            entry = found["type"]
            entries[entry] += 1
        elif entry == b"TABLE DATA" and line.startswith(b"COPY "):
            table = _table_of(line, lines)
            rows[table] += _rows_until_end(lines)
            entry = b""
        is_complete = line == _COMPLETE or (is_complete and _may_follow(line))
        previous = line
    return Content(
        rows,
        sequences=entries[b"SEQUENCE"],
        views=entries[b"VIEW"] + entries[b"MATERIALIZED VIEW"],
        functions=entries[b"FUNCTION"] + entries[b"PROCEDURE"],
        is_complete=is_complete,
    )


def shortfall(census: Census, content: Content) -> str:
    """What the dump lacks of what was counted in its snapshot; empty when nothing."""
    if not content.is_complete:
        return "the end of the dump is missing"
    for counted in census.tables:
        found = content.rows.get(counted.table)
        if found is None:
            return f"the rows of {counted.table} are missing"
        if counted.rows not in {-1, found}:
            return f"{counted.table} has {found} rows in the backup and {counted.rows} in the database"
    # Text inside of a function can look like the heading of one more object, so more than expected is no fault.
    for kind, found, expected in (
        ("sequences", content.sequences, census.sequences),
        ("views", content.views, census.views),
        ("functions", content.functions, census.functions),
    ):
        if found < expected:
            return f"it holds {found} {kind}, the database {expected}"
    return ""


def filled(census: Census, content: Content) -> Census:
    """The census with the rows of tables that were too large to count in the database as counted in the dump."""
    tables = tuple(TableCount(table=one.table, rows=content.rows[one.table]) for one in census.tables)
    return census.model_copy(update={"tables": tables})


def _lines(dump: Lines) -> Iterator[bytes]:
    """The lines of a dump, each cut at a length that is enough to tell what it is."""
    while line := dump.readline(_LONGEST):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = dump.readline(_LONGEST)
        yield line


def _table_of(line: bytes, lines: Iterator[bytes]) -> str:
    # A name may hold line ends, and then the statement goes over several lines.
    while not line.endswith(_COPY_END) and (more := next(lines, b"")):
        line += more
    found = _COPY.match(line)
    if found is None:
        return line.decode("utf-8", "replace")
    return str(QualifiedName(_unquoted(found["name"]), _unquoted(found["schema"])))


def _unquoted(identifier: bytes) -> str:
    text = identifier.decode("utf-8", "replace")
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _rows_until_end(lines: Iterator[bytes]) -> int:
    count = 0
    for line in lines:
        if line == _END_OF_ROWS:
            break
        count += 1
    return count


def _may_follow(line: bytes) -> bool:
    return line in {b"--\n", b"\n"} or line.startswith(b"\\unrestrict ")

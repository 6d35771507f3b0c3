"""The bytes of an SQL file as text that can be parsed, and places in it; what cannot be parsed is refused by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.schemas.problem import Place, Refusal

if TYPE_CHECKING:
    from migsafe.planner.libpg_query import SyntaxProblem

BOM = b"\xef\xbb\xbf"
LARGEST_FILE = 64 * 1024 * 1024
"""Bytes. A tree takes about 150 times the size of its text, so more than this is a data load and not a migration."""
_EXCERPT = 300


@dataclass(frozen=True, slots=True)
class Source:
    """A file that has passed the checks: valid UTF-8 without NUL, its byte order mark taken off."""

    path: str
    content: bytes
    first_line: int = 1
    """Line of the file on which `content` begins."""

    def place(self, offset: int) -> Place:
        """Line, column (in characters) and excerpt of the byte at `offset`."""
        start = self.content.rfind(b"\n", 0, offset) + 1
        end = self.content.find(b"\n", offset)
        line = self.content[start : end if end >= 0 else len(self.content)]
        column = len(self.content[start:offset].decode(errors="replace")) + 1
        excerpt = line.decode(errors="replace").rstrip("\r")[:_EXCERPT]
        return Place(self.path, self.content.count(b"\n", 0, offset) + self.first_line, column, excerpt)

    def offset_of(self, cursor: int) -> int:
        """The byte offset of a 1-based character position, as the parser reports errors."""
        return len(self.content.decode()[: max(cursor - 1, 0)].encode())


def read(raw: bytes, path: str, first_line: int = 1) -> Source:
    """The file's content without a byte order mark. Refuses NUL, invalid UTF-8, UTF-16 and more than LARGEST_FILE."""
    if len(raw) > LARGEST_FILE:
        raise Refusal(
            "the file is too large for a migration",
            why=f"it has {len(raw)} bytes, the limit is {LARGEST_FILE}",
            remedy="load the data with COPY outside of the migrations, or split the file",
            place=Place(path),
        )
    source = Source(path, raw.removeprefix(BOM), first_line)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _not_utf8(source, 0, "it looks like UTF-16")
    try:
        source.content.decode()
    except UnicodeDecodeError as error:
        byte = source.content[error.start]
        raise _not_utf8(source, error.start, f"byte {error.start} is 0x{byte:02x}: {error.reason}") from error
    nul = source.content.find(b"\0")
    if nul >= 0:
        raise Refusal(
            "the file contains a NUL byte",
            why=f"byte {nul} is 0x00, and everything after it would silently never reach the server",
            remedy="remove the byte: tr -d '\\000' < old.sql > new.sql",
            place=source.place(nul),
        )
    return source


def _not_utf8(source: Source, offset: int, why: str) -> Refusal:
    return Refusal(
        "the file is not valid UTF-8",
        why=why,
        remedy="save it as UTF-8, e.g. iconv -f LATIN1 -t UTF-8 old.sql > new.sql",
        place=source.place(offset),
    )


_COPY_STDIN = re.compile(rb"^[ \t]*copy\b[^;]*?\bfrom\s+stdin\b", re.IGNORECASE | re.MULTILINE)
# What stands where the grammar stopped, when the text is no SQL: what it is, why it cannot be run, what to do.
_NOT_SQL = (
    (
        re.compile(rb"\\"),
        "a psql command is not SQL",
        "lines that begin with a backslash are read by the psql program, the server never sees them",
        "write it as SQL, or put what \\i includes into this file",
    ),
    (
        re.compile(rb"\{\{|\{%|<%|\$\{"),
        "the file is a template, not SQL",
        "placeholders such as {{ }}, {% %} and ${ } must be filled in before the file can be checked",
        "commit the rendered SQL and point migsafe.yaml at it",
    ),
    (
        re.compile(rb""":['"]?\w"""),
        "a psql variable is not SQL",
        "only the psql program replaces :name",
        "write the value itself",
    ),
)


def syntax_refusal(source: Source, problem: SyntaxProblem) -> Refusal:
    """What the parser refused, told by its cause where the cause is no SQL at all."""
    offset = source.offset_of(problem.cursor)
    if copy := _COPY_STDIN.search(source.content, 0, offset):
        return copy_refusal(source, copy.start())
    place = source.place(offset)
    for pattern, what, why, remedy in _NOT_SQL:
        if pattern.match(source.content, offset):
            return Refusal(what, why=why, remedy=remedy, place=place)
    if problem.message.startswith(("memory exhausted", "stack depth")):
        return Refusal(
            "the statement is nested too deeply",
            why=f"PostgreSQL gives up: {problem.message}",
            remedy="write the expression with fewer levels or terms",
            place=place,
        )
    why = "PostgreSQL's grammar refuses the text here"
    return Refusal(problem.message, why=why, remedy=f"correct {place}", place=place)


def copy_refusal(source: Source, offset: int) -> Refusal:
    """COPY FROM STDIN, whose data only psql can send."""
    return Refusal(
        "COPY FROM STDIN cannot be part of a migration",
        why="its data lines are no SQL: psql sends them to the server in a way of its own",
        remedy="write the rows as INSERT (pg_dump --inserts makes it so), or load them outside of the migrations",
        place=source.place(offset),
    )

"""One SQL file as statements: where each stands, what it does, and whether it can share a transaction."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.planner import actions, libpg_query, source
from migsafe.planner.alone import Alone, When, alone
from migsafe.planner.tree import flag, inner, number, unwrap, word
from migsafe.schemas.problem import Place, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.planner.actions import Action
    from migsafe.planner.source import Source
    from migsafe.planner.tree import Json, Node

LARGEST_STATEMENT = libpg_query.LARGEST_PARSE
_SPLIT_FROM = 1024 * 1024
"""Bytes from which a file is parsed statement by statement and its trees are dropped, to bound memory."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file, with the exact text that is executed."""

    path: str
    text: str
    """The slice of the file from `start` to `end`. The slices of a file, joined, are the file."""
    start: int
    """Byte offset of `text` in the file (counted after a byte order mark, which is never sent)."""
    end: int
    leading: str
    """What stands in `text` before the first word of the statement: comments, white space, stray `;`."""
    sql: str
    """The statement alone: without leading comments and the final `;`."""
    line: int
    """Line of the statement's first word, from 1."""
    column: int
    """Column of the statement's first word, from 1, in characters."""
    kind: str
    """PostgreSQL's name of the node, e.g. `AlterTableStmt`."""
    node: Mapping[str, Json] = field(repr=False, compare=False)
    """The content of the node. Empty in files of more than 1 MiB; `actions` are always there."""
    actions: tuple[Action, ...] = field(repr=False)
    sha256: str
    """Of `sql` with LF line ends: stays the same when comments, neighbours or line ends change."""
    alone: Alone | None
    """Set when the server may refuse the statement in a transaction block, and when it does."""
    within: tuple[str, ...] = ()
    """The functions that run it, outermost first, or `DO`; empty for a statement of the file itself."""

    @property
    def transactional(self) -> bool:
        """Whether it can run inside a transaction block, as far as its text tells (see `alone.when`)."""
        return self.alone is None or self.alone.when is not When.ALWAYS

    @property
    def place(self) -> Place:
        """File, line, column and first line of the statement."""
        return Place(self.path, self.line, self.column, self.sql.partition("\n")[0].rstrip("\r")[:300])


@dataclass(frozen=True, slots=True)
class _Raw:
    """A statement as the parser found it: byte span without `;`, and its tree."""

    start: int
    end: int
    kind: str
    node: Node


def parse(text: bytes, path: str, first_line: int = 1) -> tuple[Statement, ...]:
    """The statements of a file's bytes, in order; none for a file that is empty or only comments.

    `first_line` is the line of the file on which `text` begins, where it is only a section of it.

    Raises Refusal with the place for a NUL byte, invalid UTF-8, psql commands, COPY FROM STDIN, templates, syntax
    errors, files over `source.LARGEST_FILE` and statements over LARGEST_STATEMENT. The grammar is PostgreSQL 18's: an
    older server may still refuse what passes here.
    """
    file = source.read(text, path, first_line)
    try:
        return tuple(_statements(file, _large(file) if len(file.content) > _SPLIT_FROM else _small(file)))
    except libpg_query.SyntaxProblem as problem:
        raise source.syntax_refusal(file, problem) from None
    except RecursionError:  # WITH clauses that write, nested hundreds of levels deep: the readers recurse over them
        too_deep = libpg_query.SyntaxProblem("stack depth limit exceeded", 0)
        raise source.syntax_refusal(file, too_deep) from None


def _small(file: Source) -> Iterator[_Raw]:
    for statement in libpg_query.parse(file.content):
        start = number(statement, "stmt_location")
        length = number(statement, "stmt_len") or len(file.content) - start
        kind, node = unwrap(inner(statement, "stmt"))
        yield _Raw(start, start + length, kind, node)


def _large(file: Source) -> Iterator[_Raw]:
    for start, given in libpg_query.split(file.content):
        length = given or len(file.content) - start
        if length > LARGEST_STATEMENT:
            raise Refusal(
                "the statement is too large to be checked",
                why=f"it has {length} bytes, the limit is {LARGEST_STATEMENT}",
                remedy="split it, or load the data with COPY outside of the migrations",
                place=file.place(start),
            )
        for statement in libpg_query.parse(file.content[start : start + length]):
            kind, node = unwrap(inner(statement, "stmt"))
            yield _Raw(start, start + length, kind, node)


def _from_stdin(node: Node) -> bool:
    return flag(node, "is_from") and not word(node, "filename")


_REST_OF_LINE = re.compile(rb";?[ \t]*(?:--[^\r\n]*)?(?:\r?\n|\Z)")


def _slice_end(content: bytes, end: int) -> int:
    """Where the slice of a statement ends: after its `;`, and after its line if only a `--` comment follows on it."""
    if line := _REST_OF_LINE.match(content, end):
        return line.end()
    return end + 1 if content[end : end + 1] == b";" else end


def _statements(file: Source, found: Iterator[_Raw]) -> Iterator[Statement]:
    """The statements, made one by one so that in a large file no more than two trees are held."""
    start, line, counted = 0, file.first_line, 0
    for raw, last in _with_last(found):
        if raw.kind == "CopyStmt" and _from_stdin(raw.node):
            raise source.copy_refusal(file, raw.start)
        end = len(file.content) if last else _slice_end(file.content, raw.end)
        line += file.content.count(b"\n", counted, raw.start)
        counted = raw.start
        yield _statement(file, raw, start, end, line)
        start = end


def _with_last(found: Iterator[_Raw]) -> Iterator[tuple[_Raw, bool]]:
    before = next(found, None)
    if before is None:
        return
    for raw in found:
        yield before, False
        before = raw
    yield before, True


def _statement(file: Source, raw: _Raw, start: int, end: int, line: int) -> Statement:
    content = file.content
    sql = content[raw.start : raw.end]
    return Statement(
        path=file.path,
        text=content[start:end].decode(),
        start=start,
        end=end,
        leading=content[start : raw.start].decode(),
        sql=sql.decode(),
        line=line,
        column=len(content[content.rfind(b"\n", 0, raw.start) + 1 : raw.start].decode()) + 1,
        kind=raw.kind,
        node=raw.node if len(content) <= _SPLIT_FROM else {},
        actions=actions.read(raw.kind, raw.node),
        sha256=hashlib.sha256(sql.replace(b"\r\n", b"\n")).hexdigest(),
        alone=alone(raw.kind, raw.node),
    )

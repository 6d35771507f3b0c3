"""The application's queries in the files and folders that the manifest names."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from migsafe.planner import libpg_query, source
from migsafe.planner.discover.folder import Kind, children, listing
from migsafe.planner.impact.placeholders import NoParameters, chunks, has_named, numbered
from migsafe.planner.tree import inner, unwrap
from migsafe.schemas.impact import InFile, Query
from migsafe.schemas.problem import Place, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migsafe.planner.discover.folder import Entry
    from migsafe.planner.impact.placeholders import Chunk
    from migsafe.schemas.migration import SqlFile

MOST_QUERIES = 10_000
"""Statements of all files together."""
_DEEPEST = 20
_PREPARABLE = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})


def read_queries(root: Path, paths: tuple[str, ...]) -> tuple[Query, ...]:
    """All statements of the .sql files that `impact.queries` names, folders with all that is below them.

    `root` is the folder of the manifest; only regular files inside of it are read. What is no query, or has parameters
    that cannot be written as $n, comes with an obstacle. Raises Refusal and Problem for files that cannot be read.
    """
    found = tuple(query for path in paths for file in _files(root, path) for query in queries_of(file))
    if len(found) > MOST_QUERIES:
        raise Refusal(
            f"impact.queries names {len(found)} statements",
            why=f"each is prepared several times for a plan, and the limit is {MOST_QUERIES}",
            remedy="name fewer files in migsafe.yaml",
        )
    return found


def _files(root: Path, path: str) -> Iterator[SqlFile]:
    """The file that `path` names, or the .sql files below the folder that it names, by name."""
    shown = PurePosixPath(path)
    beside = listing(root, str(shown.parent)) or {}
    entry = beside.get(shown.name)
    if path == "." or (entry is None and (root / path).is_dir()):
        yield from _below(root, listing(root, path) or {}, _DEEPEST)
    elif entry is None:
        raise Refusal(
            f"there is no {path}",
            why="migsafe.yaml names it under impact.queries",
            remedy="correct the path, or remove it from the list",
            place=Place(path),
        )
    elif entry.kind is Kind.FOLDER:
        yield from _below(root, children(root, entry), _DEEPEST)
    else:
        entry.require_file()
        yield entry.read()


def _below(root: Path, entries: dict[str, Entry], levels: int) -> Iterator[SqlFile]:
    for name, entry in entries.items():
        # A folder behind a symlink may be one of those above it.
        if entry.kind is Kind.FOLDER and levels and not os.path.islink(root / entry.shown):  # noqa: PTH114 - text
            yield from _below(root, children(root, entry), levels - 1)
        elif name.lower().endswith(".sql"):
            entry.require_file()
            yield entry.read()


def queries_of(file: SqlFile) -> Iterator[Query]:
    """The statements of one file, each as something that can be prepared or with the reason why not."""
    text = source.read(file.raw, file.path).content.decode().replace("\r\n", "\n")
    for chunk in chunks(text):
        yield _query(chunk, file.path)


def _query(chunk: Chunk, path: str) -> Query:
    origin = InFile(kind="file", path=path, line=chunk.line)
    try:
        sql, obstacle = _understood(chunk.text)
    except NoParameters as reason:
        sql, obstacle = chunk.text, str(reason)
    return Query(sql=sql, origin=origin, obstacle=obstacle)


def _understood(text: str) -> tuple[str, str]:
    """The text as the server takes it, and an empty obstacle; else the text as it is, and the obstacle."""
    first = text if has_named(text) else ""
    if not first:
        obstacle = _obstacle(text)
        if obstacle is None:
            return text, ""
        if not obstacle.startswith("syntax"):
            return text, obstacle
    converted = numbered(text)
    obstacle = _obstacle(converted)
    return (text, obstacle) if obstacle else (converted, "")


def _obstacle(text: str) -> str | None:
    try:
        statements = libpg_query.parse(text.encode())
    except libpg_query.SyntaxProblem as problem:
        return f"syntax: {problem.message}"
    except ValueError:
        return "it is too long"
    kinds = [unwrap(inner(statement, "stmt"))[0] for statement in statements]
    if kinds == ["SelectStmt"] and "intoClause" in unwrap(inner(statements[0], "stmt"))[1]:
        return "SELECT INTO makes a table, it is no query"
    if len(kinds) != 1 or kinds[0] not in _PREPARABLE:
        return "only SELECT, INSERT, UPDATE, DELETE, MERGE and VALUES can be prepared"
    return None

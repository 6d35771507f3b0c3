"""The list of queries and changes in tests/impact, and what a server and the estimate say of each pair."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.pq import DiagnosticField

from migsafe.executor.impact import Watch
from migsafe.planner.discover.hashing import sql_file
from migsafe.planner.impact import (
    Alteration,
    Change,
    ColumnAdded,
    ColumnDropped,
    ColumnRenamed,
    ColumnRetyped,
    RelationAdded,
    RelationDropped,
    RelationRenamed,
    Relations,
    estimated,
)
from migsafe.planner.impact.queries import queries_of
from migsafe.schemas.impact import Cause, QueryImpact, Verdict
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.impact import Query

FOLDER = Path(__file__).parent / "impact"
SEARCH_PATH = ("public", "billing")
_NAME = re.compile(r"-- name: (.+)")
_JSON_OF_ROWS = re.compile(r"\b(to_jsonb|row_to_json|json_agg)\b")
_CATALOG = """
SELECT c.oid, n.nspname, c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY c.oid, a.attnum
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A query of the list."""

    name: str
    query: Query


def queries(file: str) -> list[Named]:
    path = FOLDER / "queries" / file
    read = list(queries_of(sql_file(f"queries/{file}", path.read_bytes())))
    names = _NAME.findall(path.read_text())
    return [Named(name, query) for name, query in zip(names, read, strict=True)]


def changes() -> list[tuple[str, list[str]]]:
    """Name and statements of each change."""
    paths = sorted((FOLDER / "changes").glob("*.sql"))
    return [(path.stem, [part for part in path.read_text().split(";") if part.strip()]) for path in paths]


Seen = dict[int, tuple[QualifiedName, dict[int, tuple[str, str]]]]


def catalog(connection: psycopg.Connection) -> Seen:
    """Relations by oid, columns by number: what tells a rename from a drop and an addition."""
    found: Seen = {}
    for oid, schema, name, number, column, type_ in connection.execute(_CATALOG):
        _, columns = found.setdefault(oid, (QualifiedName(name, schema), {}))
        if number is not None:
            columns[number] = (column, type_)
    return found


def relations(seen: Seen) -> Relations:
    return Relations({name: dict(columns.values()) for name, columns in seen.values()}, SEARCH_PATH)


def differences(before: Seen, after: Seen, because: Cause) -> list[Change]:
    return [Change(alteration, because) for alteration in _alterations(before, after)]


def _alterations(before: Seen, after: Seen) -> Iterator[Alteration]:
    for oid, (name, columns) in before.items():
        if oid not in after:
            yield RelationDropped(name)
            continue
        now, columns_now = after[oid]
        if now != name:
            yield RelationRenamed(name, now)
        yield from _columns(now, columns, columns_now)
    for oid, (name, columns) in after.items():
        if oid not in before:
            yield RelationAdded(name, dict(columns.values()))


def _columns(
    relation: QualifiedName, before: dict[int, tuple[str, str]], after: dict[int, tuple[str, str]]
) -> Iterator[Alteration]:
    for number, (name, type_) in before.items():
        if number not in after:
            yield ColumnDropped(relation, name)
            continue
        now, type_now = after[number]
        if now != name:
            yield ColumnRenamed(relation, name, now)
        if type_now != type_:
            yield ColumnRetyped(relation, now, type_now)
    for number, (name, type_) in after.items():
        if number not in before:
            yield ColumnAdded(relation, name, type_)


@dataclass(frozen=True, slots=True)
class Pair:
    """One query under one change: the truth, and what is said of it."""

    change: str
    query: str
    truth: Verdict
    server: QueryImpact
    estimate: QueryImpact
    concerned: bool
    """Whether the change is to a relation that the query uses."""


LISTED = ("plain.sql", "writes.sql", "frameworks.sql")
ROWS = "rows_as_json.sql"


def prepared_schema(connection: psycopg.Connection) -> None:
    """The schema of the list in an empty database, with one order."""
    connection.execute((FOLDER / "schema.sql").read_bytes())
    connection.execute("SET search_path = public, billing")
    connection.execute("INSERT INTO customers (id, email) VALUES (1, 'a@b.c')")
    connection.execute("INSERT INTO orders (id, customer_id) VALUES (1, 1)")


def measured(connection: psycopg.Connection, files: tuple[str, ...] = LISTED) -> Iterator[Pair]:
    """Every query of the files under every change, each change in a transaction that is rolled back."""
    named = [found for file in files for found in queries(file)]
    for change, statements in changes():
        connection.execute("DEALLOCATE ALL")
        watch = Watch(connection, [found.query for found in named])
        with connection.transaction(force_rollback=True):
            yield from _under(connection, (change, statements), named, watch)


def _under(
    connection: psycopg.Connection, named_change: tuple[str, list[str]], named: list[Named], watch: Watch
) -> Iterator[Pair]:
    change, statements = named_change
    asked = [found.query for found in named]
    truth_before = [_truth_before(connection, number, query) for number, query in enumerate(asked)]
    seen = catalog(connection)
    before, made = relations(seen), list[Change]()
    for statement in statements:
        connection.execute(statement.encode())
        cause = Cause(path=f"{change}.sql", line=1, statement=statement.strip(), sha256="")
        watch.look(connection, cause)
        now = catalog(connection)
        made += differences(seen, now, cause)
        seen = now
    touched = {str(change.alteration.relation) for change in made}
    estimates = estimated(asked, before, made)
    for number, (found, server, estimate) in enumerate(zip(named, watch.impacts(), estimates, strict=True)):
        truth = _truth(connection, number, found.query, truth_before[number])
        concerned = not touched.isdisjoint({touched.relation for touched in server.objects})
        yield Pair(change, found.name, truth, server, estimate, concerned)


Description = tuple[tuple[bytes | None, int, int], ...]


def _truth_before(connection: psycopg.Connection, number: int, query: Query) -> tuple[Description, set[str]]:
    """Prepares the query as a client does and keeps it: what it returns, and the keys of JSON in that."""
    connection.execute(f"PREPARE kept_{number} AS {query.sql}".encode())
    return _described(connection, f"kept_{number}")[0], _keys(connection, query)


def _truth(connection: psycopg.Connection, number: int, query: Query, before: tuple[Description, set[str]]) -> Verdict:
    """Whether it prepares anew, what the new one returns, what becomes of the kept one, and of keys in JSON."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(f"PREPARE anew AS {query.sql}".encode())
    except psycopg.Error:
        return Verdict.BROKEN
    description, _ = _described(connection, "anew")
    _, state = _described(connection, f"kept_{number}")
    connection.execute("DEALLOCATE anew")
    changed = state == b"0A000" or description != before[0] or not before[1] <= _keys(connection, query)
    return Verdict.RESULT_TYPE_CHANGES if changed else Verdict.UNAFFECTED


def _described(connection: psycopg.Connection, name: str) -> tuple[Description, bytes | None]:
    """Names, types and modifiers of the columns that a prepared statement returns; SQLSTATE where it fails."""
    with connection.transaction(force_rollback=True):
        found = connection.pgconn.describe_prepared(name.encode())
    columns = tuple((found.fname(at), found.ftype(at), found.fmod(at)) for at in range(found.nfields))
    return columns, found.error_field(DiagnosticField.SQLSTATE)


def _keys(connection: psycopg.Connection, query: Query) -> set[str]:
    """The keys of JSON objects in the result of a query that only reads and has no parameters."""
    if "$1" in query.sql or not _JSON_OF_ROWS.search(query.sql):
        return set()
    with connection.transaction(force_rollback=True):
        return set(_members(connection.execute(query.sql.encode()).fetchall()))


def _members(value: object) -> Iterator[str]:
    match value:
        case dict():
            yield from value
            yield from _members(list(value.values()))
        case list() | tuple():
            for item in value:
                yield from _members(item)
        case _:
            return


def share(pairs: list[Pair]) -> float:
    """The part of the pairs for which the estimate says the truth."""
    return sum(pair.estimate.verdict is pair.truth for pair in pairs) / len(pairs)


def page(pairs: list[Pair]) -> str:
    """The measured part of docs/impact.md."""
    concerned = [pair for pair in pairs if pair.concerned]
    affected = [pair for pair in pairs if pair.truth is not Verdict.UNAFFECTED]
    missed = [pair for pair in pairs if pair.estimate.verdict is not pair.truth]
    server = sum(pair.server.verdict is pair.truth for pair in pairs)
    rows = [
        ("all pairs", pairs),
        ("pairs in which the change is to a relation that the query uses", concerned),
        ("pairs in which the query breaks or its result changes", affected),
    ]
    lines = [
        f"{len({pair.query for pair in pairs})} queries under {len({pair.change for pair in pairs})} changes.",
        f"With a server: {server} of {len(pairs)} pairs are told right. Without one:",
        "",
        "| | pairs | told right offline |",
        "|---|---:|---:|",
        *(f"| {words} | {len(some)} | {share(some):.1%} |" for words, some in rows),
        "",
        "Every miss of the offline way:",
        "",
        "| query | truth | offline | changes |",
        "|---|---|---|---|",
        *_missed(missed),
    ]
    return "\n".join(lines) + "\n"


def _missed(missed: list[Pair]) -> list[str]:
    groups: dict[tuple[str, str, str], list[str]] = {}
    for pair in missed:
        groups.setdefault((pair.query, pair.truth, pair.estimate.verdict), []).append(pair.change)
    shown = sorted(groups.items())
    most = 6
    return [
        f"| {query} | {truth} | {estimate} | {', '.join(found) if len(found) <= most else f'{len(found)} changes'} |"
        for (query, truth, estimate), found in shown
    ]

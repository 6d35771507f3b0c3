"""SQL that does a statement's job safely, made from the statement's own text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.schemas.names import QualifiedName, quoted

if TYPE_CHECKING:
    from migsafe.planner.actions import CreateIndex
    from migsafe.planner.rules.context import Context

PARTING = "-- next migration"
"""The line between what must not share a transaction."""

LONGEST_NAME = 63
"""Bytes of a name (NAMEDATALEN - 1)."""

_SPOT = re.compile(
    r"\A(CREATE\s+(?:UNIQUE\s+)?INDEX|DROP\s+INDEX|REFRESH\s+MATERIALIZED\s+VIEW|"
    r"REINDEX\s+(?:\([^)]*\)\s*)?(?:INDEX|TABLE|SCHEMA|DATABASE))\b(\s+IF\s+NOT\s+EXISTS\b)?",
    re.IGNORECASE,
)


def concurrently(sql: str) -> str:
    """The statement with CONCURRENTLY, and without the IF NOT EXISTS that would accept a broken index.

    Empty for a text that does not begin as expected, e.g. with a comment between its words.
    """
    return _SPOT.sub(r"\1 CONCURRENTLY", sql) + ";" if _SPOT.match(sql) else ""


def parted(*parts: str) -> str:
    """Migrations one after the other."""
    return f"\n{PARTING}\n".join(part.rstrip() for part in parts)


def alone(context: Context, sql: str) -> str:
    """The SQL of a statement that must be the only one of its migration."""
    return sql if not sql or context.alone_in_migration() else f"{PARTING}\n{sql}"


def index_by_partition(sql: str, index: CreateIndex, partitions: tuple[QualifiedName, ...]) -> str:
    """CREATE INDEX of a partitioned table as ON ONLY it, one CONCURRENTLY on each partition, and their attachment.

    Empty for a text that does not begin as expected, or where no partition is known.
    """
    found, name = _INDEX.match(sql), index.qualified
    if found is None or name is None or not partitions:
        return ""
    create, rest = found.group(1), sql[found.end() :]
    built, attached = [], []
    for partition in partitions:
        part = QualifiedName(f"{partition.name}_{name.name}", partition.schema)
        if len(part.name.encode()) > LONGEST_NAME:
            return ""
        built.append(f"{create} CONCURRENTLY {quoted(part.name)} ON {partition}{rest};")
        attached.append(f"ALTER INDEX {name} ATTACH PARTITION {part};")
    return parted(f"{create} {quoted(name.name)} ON ONLY {index.table}{rest};", *built, "\n".join(attached))


_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_INDEX = re.compile(
    rf"\A(CREATE\s+(?:UNIQUE\s+)?INDEX)(?:\s+IF\s+NOT\s+EXISTS)?\s+{_NAME}\s+ON\s+{_NAME}(?:\.{_NAME})?(?=\s|\()",
    re.IGNORECASE,
)


def view_of(old: QualifiedName, new: QualifiedName, context: Context) -> str:
    """The view that lets the old name be used on; with the caller's rights where the server can (15)."""
    invoker = " WITH (security_invoker = true)" if context.major is None or context.major >= _INVOKER_SINCE else ""
    return f"CREATE VIEW {old}{invoker} AS SELECT * FROM {new};"


_INVOKER_SINCE = 15

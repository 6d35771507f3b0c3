"""A statement written anew in its own words: the SQL of `Hit.safer`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.partitioned import partitioned
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.tree import inner, items, number, texts, unwrapped, word
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


def now(context: Context) -> Statement | None:
    """The statement that the rules look at."""
    return context.segment.statements[context.number] if context.segment is not None else None


def alone(context: Context) -> Statement | None:
    """The same, if it is an ALTER TABLE of one command with its tree at hand, which can be written anew for certain."""
    statement = now(context)
    if statement is None or statement.kind != "AlterTableStmt" or len(statement.actions) != 1 or not statement.node:
        return None
    return statement


def made_up(table: QualifiedName, columns: tuple[str, ...], suffix: str) -> str:
    """A name such as PostgreSQL makes up for a constraint: `orders_user_id_fkey`."""
    return "_".join([table.name, *columns, suffix])


def valid_later(context: Context, table: QualifiedName, constraint: Constraint, name: str) -> str:
    """ADD CONSTRAINT as NOT VALID, and its VALIDATE; empty where the statement does more than that."""
    statement = alone(context)
    if statement is None:
        return ""
    (command,) = unwrapped(dict(statement.node), "cmds", "AlterTableCmd")
    at = number(inner(inner(command, "def"), "Constraint"), "location") - _origin(statement)
    head, tail = _cut(statement.sql, at)
    if constraint.name is None:
        tail = f"CONSTRAINT {quoted(name)} {tail}"
    return parted(f"{_open_ended(head + tail)} NOT VALID;", validate(table, name))


def tested_not_null(made: Constraint) -> str:
    """The column of a CHECK (column IS NOT NULL); empty for anything else."""
    if made.kind is not ConstraintKind.CHECK or made.expression is None:
        return ""
    test = inner(made.expression.node, "NullTest")
    parts = texts(items(inner(inner(test, "arg"), "ColumnRef"), "fields"))
    return parts[-1] if parts and word(test, "nulltesttype") == "IS_NOT_NULL" else ""


def validate(table: QualifiedName, name: str) -> str:
    """VALIDATE CONSTRAINT."""
    return f"ALTER TABLE {table} VALIDATE CONSTRAINT {quoted(name)};"


def not_null_later(table: QualifiedName, column: str) -> str:
    """NOT NULL by way of a CHECK, which is validated while reads and writes go on."""
    name, plain = quoted(made_up(table, (column,), "not_null")), quoted(column)
    return parted(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({plain} IS NOT NULL) NOT VALID;",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name};",
        f"ALTER TABLE {table} ALTER COLUMN {plain} SET NOT NULL;\nALTER TABLE {table} DROP CONSTRAINT {name};",
    )


# What a key may say of its index that `Constraint` does not hold.
_OF_THE_INDEX = re.compile(r"\b(INCLUDE|WITH|TABLESPACE|OVERLAPS)\b", re.IGNORECASE)


def plain_key(context: Context, table: QualifiedName) -> bool:
    """Whether the statement adds a key alone, whose index can be built CONCURRENTLY and loses nothing by it."""
    statement = alone(context)
    plain = statement is not None and not _OF_THE_INDEX.search(statement.sql)
    return plain and not partitioned(context.state, table)


def unique_later(table: QualifiedName, made: Constraint, name: str) -> str:
    """A UNIQUE or PRIMARY KEY constraint on an index that is built while reads and writes go on."""
    columns = ", ".join(quoted(column) for column in made.columns)
    nulls = " NULLS NOT DISTINCT" if made.nulls_not_distinct else ""
    deferrable = " DEFERRABLE" if made.deferrable else ""
    deferred = " INITIALLY DEFERRED" if made.initially_deferred else ""
    index, kind = quoted(name), made.kind.upper()
    return parted(
        f"CREATE UNIQUE INDEX CONCURRENTLY {index} ON {table} ({columns}){nulls};",
        f"ALTER TABLE {table} ADD CONSTRAINT {index} {kind} USING INDEX {index}{deferrable}{deferred};",
    )


def _origin(statement: Statement) -> int:
    """Where `statement.sql` begins in the file, in bytes, as the places in its tree are counted."""
    return statement.start + len(statement.leading.encode())


def _cut(sql: str, at: int) -> tuple[str, str]:
    """The text before and from a byte."""
    content = sql.encode()
    return content[:at].decode(), content[at:].decode()


def _open_ended(sql: str) -> str:
    """The text, so that more can follow it: not on the line of a comment."""
    last = sql.rstrip().rpartition("\n")[2]
    return sql.rstrip() + ("\n" if "--" in last else "")


@dataclass(frozen=True, slots=True)
class ColumnText:
    """ADD COLUMN in pieces, each as the statement spells it."""

    head: str
    """`ALTER TABLE t ADD COLUMN c text`, up to the first constraint."""
    parts: tuple[tuple[str, str], ...]
    """Kind (PostgreSQL's word, such as CONSTR_DEFAULT) and text of each constraint."""

    def of(self, kind: str) -> str:
        """The text of the first part of a kind; empty where there is none."""
        return next((text for found, text in self.parts if found == kind), "")

    def without(self, *kinds: str) -> str:
        """The statement without the parts of these kinds."""
        kept = [text for kind, text in self.parts if kind not in kinds]
        return _open_ended(" ".join([self.head.rstrip(), *kept])) + ";"


def column_text(context: Context) -> ColumnText | None:
    """The pieces of ADD COLUMN; None where the statement does more, or where a comment stands between them."""
    statement = alone(context)
    if statement is None or "--" in statement.sql or "/*" in statement.sql:
        return None
    (command,) = unwrapped(dict(statement.node), "cmds", "AlterTableCmd")
    parts = unwrapped(inner(inner(command, "def"), "ColumnDef"), "constraints", "Constraint")
    origin = _origin(statement)
    places = [number(part, "location") - origin for part in parts]
    if not _ordered(places, parts):
        return None
    if not parts:
        return ColumnText(statement.sql, ())
    ends = [*places[1:], len(statement.sql.encode())]
    content = statement.sql.encode()
    texts = (content[start:end].decode().strip() for start, end in zip(places, ends, strict=True))
    return ColumnText(
        content[: places[0]].decode(), tuple(zip((word(part, "contype") for part in parts), texts, strict=True))
    )


def _ordered(places: list[int], parts: list[Node]) -> bool:
    """Whether each part begins where the text says. DEFERRABLE and its kin stand apart from what they belong to."""
    plain = not any(word(part, "contype").startswith("CONSTR_ATTR") for part in parts)
    return plain and all(place > 0 for place in places) and places == sorted(places)

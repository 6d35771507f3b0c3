"""Rows inserted with ids of their own, beside a sequence that goes on from where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import after
from migsafe.planner.rules.rule import Hit, OnStatements, Rule
from migsafe.planner.tree import constant, inner, items
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context
    from migsafe.planner.state_objects import ColumnState
    from migsafe.schemas.names import QualifiedName


def _find(statement: Statement, context: Context) -> Iterator[Hit]:
    for action in statement.actions:
        match action:
            case act.Insert(table=table, columns=columns, on_conflict=None) if (
                columns and statement.kind == "InsertStmt"
            ):
                known = context.state.table(table)
                for place, name in enumerate(columns if known is not None and not _is_set(context) else ()):
                    column = known.columns.get(name) if known is not None else None
                    if (
                        column is not None
                        and (_counted(column) or _own_sequence(table, name, context))
                        and _numbers(statement, place)
                    ):
                        yield Hit(table, f"{name} of {table} is given, and its sequence does not learn of it")
            case _:
                pass


def _own_sequence(table: QualifiedName, column: str, context: Context) -> bool:
    full = context.state.qualified(table)
    return any(each.table == full and each.column == column for each in context.state.sequences.values())


def _counted(column: ColumnState) -> bool:
    calls = column.default.calls if column.default is not None else ()
    serial = column.type is not None and column.type.name.endswith("serial")
    return bool(column.identity) or serial or any(call.function.name == "nextval" for call in calls)


def _numbers(statement: Statement, place: int) -> bool:
    """Whether some row of VALUES has a number there, neither DEFAULT nor nextval()."""
    query = inner(inner(dict(statement.node), "selectStmt"), "SelectStmt")
    rows = (items(inner(row, "List"), "items") for row in items(query, "valuesLists"))
    return any(place < len(row) and (constant(row[place]) or "").isdecimal() for row in rows)


def _is_set(context: Context) -> bool:
    """Whether the migration sets some sequence afterwards."""
    for action in after(context):
        match action:
            case act.Select(calls=calls) if any(call.function.name == "setval" for call in calls):
                return True
            case act.AlterSequence() | act.DoBlock() | act.TuneColumn():
                return True
            case _:
                pass
    return False


RULE = Rule(
    name="sequence-not-reset",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=15,
    harm=(
        "The sequence will give out the same numbers: some later INSERT of the application fails with a "
        "duplicate key (23505)."
    ),
    remedy="Let the sequence give the ids, or set it behind the last one with setval() in the same migration.",
    before="CREATE TABLE plans (id serial PRIMARY KEY, name text);",
    unsafe="INSERT INTO plans (id, name) VALUES (1, 'free'), (2, 'paid');",
    safe="INSERT INTO plans (name) VALUES ('free'), ('paid');",
    check=OnStatements(_find),
)

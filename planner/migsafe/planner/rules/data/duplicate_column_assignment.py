"""A column that is named twice where once is all that is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnStatements, Rule
from migsafe.planner.tree import inner, items, unwrapped, word
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context
    from migsafe.planner.tree import Node


def _find(statement: Statement, _context: Context) -> Iterator[Hit]:
    node = dict(statement.node)
    match statement.kind:
        case "UpdateStmt":
            names = _assigned(node)
        case "InsertStmt":
            names = [
                word(each, "name") for each in unwrapped(node, "cols", "ResTarget") if not items(each, "indirection")
            ]
            yield from _twice(_assigned(inner(node, "onConflictClause")), statement)
        case "CreateStmt":
            names = [word(each, "colname") for each in unwrapped(node, "tableElts", "ColumnDef")]
        case _:
            names = []
    yield from _twice(names, statement)


def _assigned(node: Node) -> list[str]:
    """Columns that SET names as a whole: fields and elements of one column may be set one by one."""
    targets = unwrapped(node, "targetList", "ResTarget")
    return [word(each, "name") for each in targets if not items(each, "indirection")]


def _twice(names: list[str], statement: Statement) -> Iterator[Hit]:
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        table = next((found.name for found in act.touched(statement.actions)), "")
        yield Hit(table, f"column {name} is named twice")


RULE = Rule(
    name="duplicate-column-assignment",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=80,
    harm="PostgreSQL refuses the statement (error 42601 or 42701), and the migration fails.",
    remedy="Name the column once.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int);",
    unsafe="UPDATE orders SET total = 1, total = 2 WHERE id = 1;",
    safe="UPDATE orders SET total = 2 WHERE id = 1;",
    check=OnStatements(_find),
)

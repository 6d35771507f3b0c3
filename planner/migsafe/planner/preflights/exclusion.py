"""The question before an exclusion constraint: pairs of rows that it will not stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.preflights.compose import Question, Wordless, both
from migsafe.planner.preflights.moment import NOT_COMPOSED, Unspoken
from migsafe.planner.tree import inner, items, texts, unwrap, walk, word
from migsafe.schemas.names import quoted
from migsafe.schemas.preflight import Consequence, Hazard

if TYPE_CHECKING:
    from migsafe.planner.actions import Constraint
    from migsafe.planner.parse import Statement
    from migsafe.planner.preflights.moment import Moment
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName

MOST_ROWS = 20_000
"""Rows of a table up to which every pair is compared: without the index that the constraint brings, it is quadratic."""


def overlapping(table: QualifiedName, constraint: Constraint, moment: Moment, author: Statement) -> Question | Wordless:
    """Rows that stand in conflict with another one."""
    hazard = Hazard.EXCLUSION_VIOLATED
    known = moment.known.before.table(table)
    if known is None or known.rows is None or known.rows > MOST_ROWS:
        return Wordless(hazard, table, f"{NOT_COMPOSED}: more rows than {MOST_ROWS:,}, or nobody knows how many")
    pairs = [_compared(pair) for pair in _elements(constraint, author)]
    found = [pair for pair in pairs if pair is not None]
    if not found or tuple(column for column, _ in found) != constraint.columns:
        return Wordless(hazard, table, f"{NOT_COMPOSED}: it excludes by an expression")
    condition = "" if constraint.expression is None else moment.text(constraint.expression, author)
    if isinstance(condition, Unspoken):
        return condition.about(hazard, table)
    more = () if constraint.expression is None else moment.columns(constraint.expression, table)
    return _question(table, found, condition, more)


def _question(table: QualifiedName, pairs: list[tuple[str, str]], condition: str, more: tuple[str, ...]) -> Question:
    where = f" WHERE (\n{condition}\n)" if condition else ""
    conflict = both(
        [
            "(other.tableoid, other.ctid) <> (one.tableoid, one.ctid)",
            *(f"one.{quoted(column)} {operator} other.{quoted(column)}" for column, operator in pairs),
        ]
    )
    rows = f"(SELECT *, tableoid, ctid FROM {table}{where})"
    columns = tuple(dict.fromkeys((*(column for column, _ in pairs), *more)))
    return Question(
        Hazard.EXCLUSION_VIOLATED,
        Consequence.FAILS,
        table,
        f"does a row of {table} stand in conflict with another by ({', '.join(f'{a} WITH {b}' for a, b in pairs)})?",
        f"EXISTS (SELECT 1 FROM {rows} AS other WHERE {conflict})",
        columns,
        source=f"{rows} AS one",
        alias="one",
    )


def _elements(constraint: Constraint, author: Statement) -> list[list[Node]]:
    """The pairs of index element and operator, from the statement's tree."""
    for kind, node in walk(dict(author.node)):
        wanted = kind == "Constraint" and word(node, "contype") == "CONSTR_EXCLUSION"
        if wanted and (word(node, "conname") or None) == constraint.name:
            return [items(content, "items") for content in map(_list, items(node, "exclusions"))]
    return []


def _list(node: Node) -> Node:
    return unwrap(node)[1]


def _compared(pair: list[Node]) -> tuple[str, str] | None:
    """Column and operator; None for an expression."""
    if len(pair) != 2:  # noqa: PLR2004 - element WITH operator
        return None
    column = word(inner(pair[0], "IndexElem"), "name")
    parts = texts(items(inner(pair[1], "List"), "items"))
    if not column or not parts:
        return None
    schema = f"{quoted(parts[-2])}." if len(parts) > 1 else ""
    return column, f"OPERATOR({schema}{parts[-1]})" if schema else parts[-1]

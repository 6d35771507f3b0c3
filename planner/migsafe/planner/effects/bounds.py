"""Whether the CHECKs of a table prove that its rows fit, or cannot fit, the bound of a partition."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.tree import constant, inner, items, texts, unwrap, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.schema_state import TableState
    from migsafe.planner.tree import Node

_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d)?\Z")


@dataclass(frozen=True, slots=True)
class Span:
    """Values of one column. Constants are text; an end of None is open."""

    lower: str | None = None
    above: bool = False
    """`lower` itself is left out."""
    upper: str | None = None
    up_to: bool = False
    """`upper` itself is in."""
    values: frozenset[str] | None = None
    """The only values; None where that is not said."""
    not_null: bool = False


def told(table: TableState, column: str) -> Span:
    """What the valid CHECKs of a table and its NOT NULL say of the column."""
    known = table.columns.get(column)
    span = Span(not_null=known is not None and known.not_null)
    for each in table.constraints.values():
        if each.kind is ConstraintKind.CHECK and each.valid and each.expression is not None:
            span = _narrowed(span, each.expression.node, column)
    return span


def _narrowed(span: Span, node: Node, column: str) -> Span:
    kind, content = unwrap(node)
    if kind == "BoolExpr" and word(content, "boolop") == "AND_EXPR":
        for part in items(content, "args"):
            span = _narrowed(span, part, column)
        return span
    if kind == "NullTest":
        proves = word(content, "nulltesttype") == "IS_NOT_NULL" and _is(inner(content, "arg"), column)
        return replace(span, not_null=True) if proves else span
    if kind == "A_Expr" and _is(inner(content, "lexpr"), column):
        return _compared(span, content)
    return span


def _is(node: Node, column: str) -> bool:
    return texts(items(inner(node, "ColumnRef"), "fields"))[-1:] == (column,)


def _compared(span: Span, comparison: Node) -> Span:  # noqa: PLR0911 - one line for each operator
    operator = "".join(texts(items(comparison, "name")))
    right = inner(comparison, "rexpr")
    match word(comparison, "kind"), operator:
        case "AEXPR_IN", "=":
            return _among(span, [constant(each) for each in items(inner(right, "List"), "items")])
        case "AEXPR_OP_ANY", "=":
            return _among(span, [constant(each) for each in items(inner(right, "A_ArrayExpr"), "elements")])
        case "AEXPR_BETWEEN", _:
            low, high = ([constant(each) for each in items(inner(right, "List"), "items")] + [None, None])[:2]
            return replace(span, lower=low, above=False, upper=high, up_to=True)
        case "AEXPR_OP", "=":
            return _among(span, [constant(right)])
        case "AEXPR_OP", ">" | ">=":
            return replace(span, lower=constant(right), above=operator == ">")
        case "AEXPR_OP", "<" | "<=":
            return replace(span, upper=constant(right), up_to=operator == "<=")
        case _:
            return span


def _among(span: Span, values: list[str | None]) -> Span:
    known = frozenset(value for value in values if value is not None)
    return replace(span, values=known) if values and len(known) == len(set(values)) else span


def wanted(bound: Node) -> Span | None:
    """What FOR VALUES asks of the one column of the key; None for hash, NULL, and keys of several columns."""
    spec = inner(bound, "PartitionBoundSpec")
    match word(spec, "strategy"):
        case "l":
            values = [constant(each) for each in items(spec, "listdatums")]
            return None if None in values else _among(Span(not_null=True), values)
        case "r":
            ends = [_ends(spec, key) for key in ("lowerdatums", "upperdatums")]
            if any(end is None for end in ends):
                return None
            (lower, upper) = (end or "" for end in ends)
            return Span(lower or None, upper=upper or None, not_null=True)
        case _:
            return None


def _ends(spec: Node, key: str) -> str | None:
    """The constant at one end, empty for MINVALUE and MAXVALUE; None where it cannot be told."""
    found = items(spec, key)
    if len(found) != 1:
        return None
    if unwrapped(spec, key, "ColumnRef"):
        return ""
    return constant(found[0])


def implies(known: Span, asked: Span) -> bool:
    """Whether every row that satisfies `known` fits; what cannot be compared is not proved."""
    if not known.not_null:
        return False
    if asked.values is not None:
        return known.values is not None and known.values <= asked.values
    if known.values is not None:
        return all(_within(value, asked) for value in known.values)
    lower_holds = asked.lower is None or (known.lower is not None and _order(known.lower, asked.lower) in {0, 1})
    return lower_holds and _upper_holds(known, asked)


def _upper_holds(known: Span, asked: Span) -> bool:
    if asked.upper is None:
        return True
    order = _order(known.upper, asked.upper) if known.upper is not None else None
    return order == -1 or (order == 0 and not known.up_to)


def _within(value: str, asked: Span) -> bool:
    return (asked.lower is None or _order(value, asked.lower) in {0, 1}) and (
        asked.upper is None or _order(value, asked.upper) == -1
    )


def excludes(known: Span, asked: Span) -> bool:
    """Whether no row that satisfies `known` fits; what cannot be compared is not proved."""
    if not known.not_null:
        return False
    if asked.values is not None:
        return known.values is not None and not known.values & asked.values
    beyond = asked.upper is not None and known.lower is not None and _order(known.lower, asked.upper) in {0, 1}
    order = _order(known.upper, asked.lower) if asked.lower is not None and known.upper is not None else None
    return beyond or order == -1 or (order == 0 and not known.up_to)


def _order(one: str, two: str) -> int | None:
    """-1, 0 or 1 as the first is less, equal or greater; None where text alone does not tell."""
    if one == two:
        return 0
    if one.lstrip("-").isdigit() and two.lstrip("-").isdigit():
        return -1 if int(one) < int(two) else 1
    if _DATE.match(one) and _DATE.match(two) and len(one) == len(two):
        return -1 if one < two else 1
    return None

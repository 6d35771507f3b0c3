"""The names that PostgreSQL makes up for indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.carrying.constraints import made_up
from migsafe.planner.tree import inner, items, texts, unwrap, word

if TYPE_CHECKING:
    from migsafe.planner.actions import CreateIndex
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.tree import Node


def index_name(index: CreateIndex, table: str) -> str:
    """The name of an index without one (indexcmds.c, ChooseIndexName), before numbers tell it from others."""
    return made_up(table, "_".join(index_words(index)), "idx")


def index_words(index: CreateIndex) -> tuple[str, ...]:
    """What its columns are called (indexcmds.c, ChooseIndexColumnNames)."""
    named: list[str] = []
    for column in index.columns:
        name = column.name or (_figured(column.expression) if column.expression is not None else "")
        named.append(_numbered(name or "expr", named))
    for name in index.include:
        named.append(_numbered(name, named))
    return tuple(named)


def _numbered(name: str, taken: list[str]) -> str:
    names = (f"{name}{number or ''}" for number in range(len(taken) + 1))
    return next(each for each in names if each not in taken)


def _figured(expression: Expression) -> str:
    return _of(expression.node)[0]


_WORDS = {"A_ArrayExpr": "array", "RowExpr": "row", "CoalesceExpr": "coalesce"}
_NOTHING, _WEAK, _STRONG = 0, 1, 2


def _of(node: Node) -> tuple[str, int]:  # noqa: PLR0911 - one line for each kind
    """Name and strength, as parse_target.c, FigureColname tells them: that of a cast yields to what is cast."""
    kind, content = unwrap(node)
    match kind:
        case "ColumnRef":
            return _last(content, "fields"), _STRONG
        case "FuncCall":
            return _last(content, "funcname"), _STRONG
        case "A_Indirection":
            last = _last(content, "indirection")
            return (last, _STRONG) if last else _of(inner(content, "arg"))
        case "CollateClause":
            return _of(inner(content, "arg"))
        case "A_Expr" if word(content, "kind") == "AEXPR_NULLIF":
            return "nullif", _STRONG
        case "TypeCast":
            return _or_weak(inner(content, "arg"), _last(inner(content, "typeName"), "names"))
        case "CaseExpr":
            return _or_weak(inner(content, "defresult"), "case")
        case "MinMaxExpr":
            return ("least" if word(content, "op") == "IS_LEAST" else "greatest"), _STRONG
        case _:
            name = _WORDS.get(kind, "")
            return name, _STRONG if name else _NOTHING


def _or_weak(node: Node, name: str) -> tuple[str, int]:
    found, strength = _of(node)
    return (found, strength) if strength > _WEAK else (name, _WEAK)


def _last(node: Node, key: str) -> str:
    return (texts(items(node, key)) or ("",))[-1]

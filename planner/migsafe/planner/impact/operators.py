"""Which operators PostgreSQL has for which types, as far as an estimate needs it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot import exp

from migsafe.planner.impact.scope import Refused
from migsafe.planner.impact.types import ANY, BOOLEAN, TEXT, Type, common, comparable

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.NullSafeEQ: "=",
    exp.NullSafeNEQ: "=",
}
_PATTERNS = (exp.Like, exp.ILike, exp.SimilarTo, exp.RegexpLike, exp.RegexpILike)
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_JSON_FIELD = (exp.JSONExtract, exp.JSONBExtract)
_JSON_TEXT = (exp.JSONExtractScalar, exp.JSONBExtractScalar)
_NOT_CONTAINERS = frozenset({"number", "text", "moment", "boolean", "uuid", "json"})
# Base types between which no cast exists unless `castable` says so.
_STRICT = frozenset({"number", "moment", "boolean", "uuid", "json", "jsonb", "interval", "bytea"})
_CASTS = frozenset(
    {
        ("number", "boolean"),
        ("boolean", "number"),
        ("json", "jsonb"),
        ("jsonb", "json"),
        ("jsonb", "number"),
        ("jsonb", "boolean"),
    }
)


def binary(node: exp.Binary, parts: list[Type]) -> Type:
    """The type of an expression with an operator between two others. Raises Refused where there is no such operator."""
    left, right = (*parts, Type(), Type())[:2]
    kind = type(node)
    if kind in _COMPARISONS:
        return compared(_COMPARISONS[kind], left, right)
    if isinstance(node, exp.Connector):
        must_be_boolean(left, kind.__name__.upper())
        return must_be_boolean(right, kind.__name__.upper())
    if isinstance(node, _PATTERNS):
        return _pattern(left)
    if kind in _ARITHMETIC:
        return _calculated(_ARITHMETIC[kind], left, right)
    if isinstance(node, exp.DPipe):
        return _joined(left, right)
    return _of_containers(node, left, right)


def compared(operator: str, left: Type, right: Type) -> Type:
    """boolean; raises Refused where the two cannot be compared."""
    if not comparable(left, right) or "json" == left.family == right.family:
        raise _missing(operator, left, right)
    return BOOLEAN


def must_be_boolean(type_: Type, where: str) -> Type:
    """boolean; raises Refused where a condition is something else."""
    if not comparable(type_, BOOLEAN):
        raise Refused("42804", f"argument of {where} must be type boolean, not type {type_.name or 'unknown'}")
    return BOOLEAN


def matched(where: str, types: Sequence[Type]) -> Type:
    """The common type; raises Refused where there is none."""
    for earlier, later in pairwise(types):
        if not comparable(earlier, later):
            raise Refused("42804", f"{where} types {earlier.name} and {later.name} cannot be matched")
    return common(list(types))


def castable(source: Type, target: Type) -> bool:
    """Whether there is a cast, as far as is known."""
    pair = (source.family, target.family)
    if pair[0] == pair[1] or not _STRICT.issuperset(pair):
        return True
    return pair in _CASTS or ("interval" in pair and "moment" in pair)


def _pattern(left: Type) -> Type:
    if left.family not in {"text", ANY}:
        raise _missing("~~", left, TEXT)
    return BOOLEAN


def _calculated(operator: str, left: Type, right: Type) -> Type:
    families = (left.family, right.family)
    match families:
        case ("number", "number"):
            return Type(common([Type(left.base), Type(right.base)]).name)
        case ("number", ""):
            compared(operator, left, right)
            return Type(left.base)
        case ("", "number"):
            compared(operator, left, right)
            return Type(right.base)
        case ("moment", "moment"):
            return Type("integer" if left.base == right.base == "date" else "interval")
        case ("moment", "interval"):
            return Type("timestamp without time zone" if left.base == "date" else left.name)
        case ("moment", "number") if left.base != "date":
            raise _missing(operator, left, right)
        case ("text" | "uuid" | "boolean" | "json", _) | (_, "text" | "uuid" | "boolean" | "json"):
            raise _missing(operator, left, right)
        case _:
            return Type(f"?({left.name}{operator}{right.name})")


def _joined(left: Type, right: Type) -> Type:
    families = {left.family, right.family}
    if "text" in families:
        return TEXT
    if "jsonb" in families and families <= {"jsonb", ANY}:
        return Type("jsonb")
    for type_ in (left, right):
        if type_.name.endswith("[]"):
            return type_
    if ANY not in families and families <= _STRICT:
        raise _missing("||", left, right)
    return TEXT


def _of_containers(node: exp.Binary, left: Type, right: Type) -> Type:
    if isinstance(node, (*_JSON_FIELD, *_JSON_TEXT)):
        if left.family not in {"json", "jsonb", ANY, "hstore"}:
            raise _missing("->", left, right)
        return TEXT if isinstance(node, _JSON_TEXT) else Type(left.base)
    contains = (exp.ArrayContainsAll, exp.ArrayContainedBy, exp.ArrayOverlaps, exp.JSONBContains)
    if "TopKey" in type(node).__name__ or isinstance(node, contains):
        if left.family in _NOT_CONTAINERS or right.family in _NOT_CONTAINERS - {"text"}:
            raise _missing("@>", left, right)
        return BOOLEAN
    if isinstance(node, exp.Is):
        return BOOLEAN
    return Type(f"?{type(node).__name__}({left.name},{right.name})")


def _missing(operator: str, left: Type, right: Type) -> Refused:
    def shown(type_: Type) -> str:
        return type_.name or "unknown"

    if (left.literal or right.literal) is not None:
        value, wanted = (left, right) if left.literal is not None else (right, left)
        return Refused("22P02", f'invalid input syntax for type {shown(wanted)}: "{value.literal}"')
    return Refused("42883", f"operator does not exist: {shown(left)} {operator} {shown(right)}")

"""What functions return and take, as far as an estimate needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from migsafe.planner.impact import operators
from migsafe.planner.impact.scope import Refused
from migsafe.planner.impact.types import ANY, BIGINT, BOOLEAN, TEXT, UNKNOWN, Type, comparable

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIXED: Mapping[type[exp.Expr], Type] = {
    exp.Count: BIGINT,
    exp.RowNumber: BIGINT,
    exp.Rank: BIGINT,
    exp.DenseRank: BIGINT,
    exp.Ntile: Type("integer"),
    exp.CurrentTimestamp: Type("timestamp with time zone"),
    exp.CurrentDate: Type("date"),
    exp.CurrentUser: Type("name"),
    exp.Concat: TEXT,
    exp.Length: Type("integer"),
    exp.Substring: TEXT,
    exp.Interval: Type("interval"),
    exp.LogicalAnd: BOOLEAN,
    exp.LogicalOr: BOOLEAN,
    exp.MatchAgainst: BOOLEAN,
    exp.StartsWith: BOOLEAN,
}
_OF_TEXT: Mapping[type[exp.Expr], Type] = {
    exp.Lower: TEXT,
    exp.Upper: TEXT,
    exp.Trim: TEXT,
    exp.Initcap: TEXT,
    exp.Replace: TEXT,
    exp.SplitPart: TEXT,
    exp.RegexpReplace: TEXT,
    exp.Left: TEXT,
    exp.Right: TEXT,
    exp.GroupConcat: TEXT,
    exp.StrPosition: Type("integer"),
    exp.StartsWith: BOOLEAN,
}
_MATCHING: Mapping[type[exp.Expr], str] = {
    exp.Coalesce: "COALESCE",
    exp.Greatest: "GREATEST",
    exp.Least: "LEAST",
    exp.Nullif: "NULLIF",
}
_LIKE_THEIR_ARGUMENT = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue, exp.Abs, exp.Min, exp.Max)
_TOTALS = {"smallint": "bigint", "integer": "bigint", "bigint": "numeric"}
_TO_JSON = frozenset("to_json to_jsonb row_to_json json_agg jsonb_agg".split())
# What follows json_ and jsonb_ in the names of functions that take such a value first.
_OF_JSON = frozenset(
    """
    array_elements array_elements_text array_length each each_text extract_path extract_path_text insert object_keys
    path_exists path_query pretty set strip_nulls to_record to_recordset typeof
    """.split()
)
_JSON_FUNCTIONS = frozenset("json_build_object json_build_array json_object_agg json_strip_nulls".split())


def result(node: exp.Expr, parts: list[Type]) -> Type:
    """The type of a call or anything else with parts. Raises Refused where there is no such function."""
    first = parts[0] if parts else UNKNOWN
    kind = type(node)
    if kind in _OF_TEXT:
        return _of_text(node, first)
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in _MATCHING:
        return operators.matched(_MATCHING[kind], parts)
    if isinstance(node, _LIKE_THEIR_ARGUMENT):
        return Type(first.base, first.fields)
    if isinstance(node, exp.Func):
        return _total(node, first) if isinstance(node, (exp.Sum, exp.Avg)) else _by_name(node, parts)
    return _construct(node, parts)


def called(node: exp.Expr) -> str:
    """The name under which PostgreSQL calls a function."""
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()
    return node.sql(dialect="postgres").partition("(")[0].strip().lower()


def _construct(node: exp.Expr, parts: list[Type]) -> Type:
    """What is no function: NOT, BETWEEN, ANY, subscripts and the like."""
    first = parts[0] if parts else UNKNOWN
    match node:
        case exp.Not():
            return operators.must_be_boolean(first, "NOT")
        case exp.Between():
            for bound in parts[1:]:
                operators.compared(">=", first, bound)
            return BOOLEAN
        case exp.Any() | exp.All() | exp.Bracket():
            return Type(first.name.removesuffix("[]")) if first.name.endswith("[]") else _element(node, first)
        case exp.AtTimeZone():
            return _at_time_zone(first)
        case exp.Tuple():
            return UNKNOWN
        case _:
            return Type(f"?{type(node).__name__}({','.join(part.name for part in parts)})")


def _element(node: exp.Expr, first: Type) -> Type:
    """What ANY (SELECT ...) compares with; a subscript of jsonb is jsonb."""
    subquery = isinstance(node.this, exp.Query) or isinstance(node.this.this, exp.Query)
    return first if subquery or first.base == "jsonb" else UNKNOWN


def _at_time_zone(first: Type) -> Type:
    if first.family not in {"moment", ANY} and not first.base.startswith("time "):
        raise Refused("42883", f"function pg_catalog.timezone(unknown, {first.name}) does not exist")
    with_zone = first.base == "timestamp without time zone"
    return Type(f"timestamp {'with' if with_zone else 'without'} time zone")


def _of_text(node: exp.Expr, first: Type) -> Type:
    if first.family not in {"text", ANY} and not (isinstance(node, exp.GroupConcat) and first.base == "bytea"):
        raise Refused("42883", f"function {called(node)}({first.name}) does not exist")
    return _OF_TEXT[type(node)]


def _total(node: exp.Expr, first: Type) -> Type:
    if first.family not in {"number", "interval", ANY}:
        raise Refused("42883", f"function {called(node)}({first.name}) does not exist")
    if isinstance(node, exp.Sum):
        return Type(_TOTALS.get(first.base, first.base))
    return Type("numeric" if first.base in _TOTALS else "double precision" if first.base == "real" else first.base)


def _by_name(node: exp.Func, parts: list[Type]) -> Type:
    name = "extract" if isinstance(node, exp.Extract) else called(node)
    first = parts[0] if parts else UNKNOWN
    if name in _TO_JSON:
        return Type("jsonb" if "jsonb" in name else "json", first.fields)
    if name in _JSON_FUNCTIONS or name.startswith("jsonb_build"):
        return Type(name.partition("_")[0])
    if name in {"extract", "date_part", "date_trunc"}:
        return _of_moment(name, [part for part in parts if part.literal is None][:1])
    if name == "array_agg":
        return Type(f"{first.name}[]", first.fields)
    json, _, does = name.partition("_")
    if json in {"json", "jsonb"} and does in _OF_JSON and not comparable(first, Type(json)):
        raise Refused("42883", f"function {name}({first.name}) does not exist")
    if name == "count":
        return BIGINT
    return Type(f"?{name}({','.join(part.name for part in parts)})")


def _of_moment(name: str, operand: list[Type]) -> Type:
    first = operand[0] if operand else UNKNOWN
    if first.family not in {"moment", "interval", ANY} and not first.base.startswith("time "):
        raise Refused("42883", f"function {name}(unknown, {first.name}) does not exist")
    if name == "date_trunc":
        return Type("timestamp with time zone" if first.base == "date" else first.base)
    return Type("numeric" if name == "extract" else "double precision")

"""The type of an expression, and every column in it looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

from sqlglot import exp

from migsafe.planner.impact import functions, operators
from migsafe.planner.impact.scope import Refused, Scope, Source
from migsafe.planner.impact.types import BOOLEAN, UNKNOWN, Type, common, type_named
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migsafe.planner.impact.scope import Reading

    Reader: TypeAlias = Callable[[exp.Expr, Scope, Reading], Type]

# Keywords that stand where a column may stand.
_KEYWORDS = frozenset("default session_user current_role current_catalog localtime localtimestamp user".split())
_LEAVES = (exp.Identifier, exp.DataType, exp.Var, exp.JSONPath, exp.TableAlias)
QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)


def spelled(identifier: object) -> str:
    """The name that an identifier means: folded to lower case unless it is quoted."""
    if not isinstance(identifier, exp.Identifier):
        return str(identifier or "").lower()
    return identifier.name if identifier.quoted else identifier.name.lower()


def children(node: exp.Expr) -> Iterator[exp.Expr]:
    """The expressions below a node that can hold columns, in the order of the text as far as it is kept."""
    for value in node.args.values():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, exp.Expr) and not isinstance(child, _LEAVES):
                yield child


def type_of(node: exp.Expr, scope: Scope, reading: Reading) -> Type:
    """The type of an expression; notes what it uses. Raises Refused for what the server would not take."""
    for kinds, reader in _READERS:
        if isinstance(node, kinds):
            return reader(node, scope, reading)
    parts = [type_of(child, scope, reading) for child in children(node)]
    if isinstance(node, exp.Binary):
        return operators.binary(node, parts)
    return functions.result(node, parts)


def _column(node: exp.Expr, scope: Scope, reading: Reading) -> Type:
    name, table = spelled(node.this), node.args.get("table")
    if table is not None:
        return _qualified(node, scope, reading)
    found = scope.find(name)
    if found is not None:
        reading.touch(found[0], name)
        return found[1]
    source = scope.named(name)
    if source is not None:
        return reading.touch_row(source)
    if scope.is_open() or name in _KEYWORDS:
        return UNKNOWN
    raise Refused("42703", f'column "{name}" does not exist')


def _qualified(node: exp.Expr, scope: Scope, reading: Reading) -> Type:
    name, alias = spelled(node.this), spelled(node.args["table"])
    schema = node.args.get("db")
    source = scope.named(alias, spelled(schema) if schema else None)
    if source is None:
        return _of_composite(alias, name, scope, reading)
    if isinstance(node.this, exp.Star):
        return reading.touch_row(source)
    type_ = source.type_of(name)
    if type_ is not None:
        reading.touch(source, name)
        return type_
    system = Scope(sources=[source]).find(name)
    if system is None and not source.open:
        raise Refused("42703", f"column {alias}.{name} does not exist")
    return UNKNOWN if system is None else system[1]


def _of_composite(alias: str, name: str, scope: Scope, reading: Reading) -> Type:
    if scope.is_open():
        return UNKNOWN
    found = scope.find(alias)
    if found is None:
        raise Refused("42P01", f'missing FROM-clause entry for table "{alias}"')
    reading.touch(found[0], alias)
    return Type(f"?{found[1].name}.{name}")


def _query(node: exp.Expr, scope: Scope, reading: Reading) -> Type:
    output = reading.rows(node, scope, reading)
    return output[0][1] if output else UNKNOWN


def _exists(node: exp.Expr, scope: Scope, reading: Reading) -> Type:
    reading.rows(node.this, scope, reading)
    return BOOLEAN


def _literal(node: exp.Expr, _scope: Scope, _reading: Reading) -> Type:
    if cast("exp.Literal", node).is_string:
        return Type(literal=node.name)
    return Type("integer" if node.name.isdigit() else "numeric")


def _cast(node: exp.Expr, scope: Scope, reading: Reading) -> Type:
    source = type_of(node.this, scope, reading)
    target = node.args["to"]
    named = relation_of(target, reading)
    if named is not None:
        return reading.touch_row(named)
    wanted = type_named(target.sql(dialect="postgres"))
    if not operators.castable(source, wanted):
        raise Refused("42846", f"cannot cast type {source.name} to {wanted.name}")
    return wanted


def relation_of(target: object, reading: Reading) -> Source | None:
    """The relation whose row type a type name means, if it means one; raises Refused where it is gone."""
    if not isinstance(target, exp.DataType) or target.this != exp.DType.USERDEFINED:
        return None
    kind = target.args.get("kind")
    parts = [spelled(part) for part in kind.find_all(exp.Identifier)] if isinstance(kind, exp.Expr) else [str(kind)]
    name = QualifiedName(parts[-1], parts[-2] if len(parts) > 1 else None)
    relation = reading.relations.find(name)
    if relation is not None:
        columns = reading.relations.columns[relation]
        return Source(name.name, tuple((column, type_named(type_)) for column, type_ in columns.items()), relation)
    if reading.relations.was(name):
        raise Refused("42704", f'type "{name}" does not exist')
    return None


def _case(node: exp.Expr, scope: Scope, reading: Reading) -> Type:
    operand = node.this and type_of(node.this, scope, reading)
    results = []
    for branch in node.args.get("ifs") or []:
        condition = type_of(branch.this, scope, reading)
        if operand:
            operators.compared("=", operand, condition)
        else:
            operators.must_be_boolean(condition, "CASE/WHEN")
        results.append(type_of(branch.args["true"], scope, reading))
    default = node.args.get("default")
    results += [type_of(default, scope, reading)] if default is not None else []
    return operators.matched("CASE", results)


def _in(node: exp.Expr, scope: Scope, reading: Reading) -> Type:
    query = node.args.get("query")
    if isinstance(node.this, exp.Tuple) and query is not None:
        lefts = [type_of(item, scope, reading) for item in node.this.expressions]
        for left, (_, right) in zip(lefts, reading.rows(query, scope, reading), strict=False):
            operators.compared("=", left, right)
        return BOOLEAN
    left = type_of(node.this, scope, reading)
    others = [type_of(item, scope, reading) for item in node.args.get("expressions") or []]
    others += [type_of(node.args[key], scope, reading) for key in ("query", "unnest", "field") if node.args.get(key)]
    for other in others:
        operators.compared("=", left, other)
    return BOOLEAN


def _dot(node: exp.Expr, scope: Scope, reading: Reading) -> Type:
    """A function with its schema, or a field of a composite value."""
    if isinstance(node.expression, exp.Func):
        return type_of(node.expression, scope, reading)
    row = type_of(node.this, scope, reading)
    if not row.fields:
        return UNKNOWN
    if isinstance(node.expression, exp.Star):
        return row
    name = spelled(node.expression)
    found = dict(row.fields).get(name)
    if found is None:
        raise Refused("42703", f'column "{name}" not found in data type')
    return Type(found)


def _array(node: exp.Expr, scope: Scope, reading: Reading) -> Type:
    element = common([type_of(item, scope, reading) for item in node.expressions])
    return Type(f"{element.name}[]") if element.known else UNKNOWN


def _first(node: exp.Expr, scope: Scope, reading: Reading) -> Type:
    """The type of what a node wraps; the rest of it is only looked up."""
    types = [type_of(child, scope, reading) for child in children(node)]
    return types[0] if types else UNKNOWN


def _nothing(_node: exp.Expr, _scope: Scope, _reading: Reading) -> Type:
    return UNKNOWN


_Kinds: TypeAlias = "tuple[type[exp.Expr], ...]"
_READERS: tuple[tuple[_Kinds, Reader], ...] = (
    ((exp.Column,), _column),
    ((exp.Exists,), _exists),
    (QUERIES, _query),
    ((exp.Literal,), _literal),
    ((exp.Boolean,), lambda _node, _scope, _reading: BOOLEAN),
    ((exp.Null, exp.Placeholder, exp.Parameter, exp.Star, exp.Identifier, exp.Var), _nothing),
    ((exp.Cast,), _cast),
    ((exp.Case,), _case),
    ((exp.In,), _in),
    ((exp.Dot,), _dot),
    ((exp.Array,), _array),
    (
        (exp.Paren, exp.Alias, exp.Filter, exp.Window, exp.Order, exp.Ordered, exp.Distinct, exp.Where, exp.Neg),
        _first,
    ),
    ((exp.IgnoreNulls, exp.RespectNulls, exp.Kwarg), _first),
)

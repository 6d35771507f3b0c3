"""What a statement returns, column by column, and every name in it looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from migsafe.planner.impact.expressions import children, spelled, type_of
from migsafe.planner.impact.functions import called
from migsafe.planner.impact.operators import matched, must_be_boolean
from migsafe.planner.impact.scope import MORE, Refused, Scope, Source, Unclear
from migsafe.planner.impact.sources import add_from
from migsafe.planner.impact.types import UNKNOWN, Type
from migsafe.planner.impact.writes import WRITES, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.impact.scope import Output, Reading


def rows(node: exp.Expr, scope: Scope, reading: Reading) -> Output:
    """The columns of a query or of RETURNING; `scope` is what is in sight around it. Raises Refused and Unclear."""
    inner = Scope(scope)
    _add_tables(node, inner, reading)
    match node:
        case exp.Subquery() | exp.Paren():
            return rows(node.this, inner, reading)
        case exp.Select():
            return _select(node, inner, reading)
        case exp.SetOperation():
            return _set_operation(node, inner, reading)
        case exp.Values() | exp.Tuple():
            return _values(node, inner, reading)
        case exp.Table():
            return rows(exp.select("*").from_(node.copy()), inner, reading)
        case _ if isinstance(node, WRITES):
            sources = written(node, inner, reading)
            returning = node.args.get("returning")
            return _projected(returning.expressions, sources, reading) if returning else ()
        case _:
            raise Unclear(f"{type(node).__name__} is not understood")


def _add_tables(node: exp.Expr, scope: Scope, reading: Reading) -> None:
    """Puts the common table expressions of a WITH in sight, each for those after it."""
    with_ = node.args.get("with_")
    if with_ is None:
        return
    for table in with_.expressions:
        name, body = spelled(table.args["alias"].this), table.this
        renamed = [spelled(column) for column in table.args["alias"].args.get("columns") or []]
        if with_.args.get("recursive") and isinstance(body, exp.SetOperation):
            scope.tables[name] = _renamed(rows(body.left, scope, reading), renamed)
        scope.tables[name] = _renamed(rows(body, scope, reading), renamed)


def _renamed(output: Output, names: list[str]) -> Output:
    fitting = tuple((new, type_) for new, (_, type_) in zip(names, output, strict=False))
    return (*fitting, *output[len(fitting) :])


def _select(node: exp.Select, scope: Scope, reading: Reading) -> Output:
    add_from(node, scope, reading)
    output = _projected(node.expressions, scope, reading)
    for clause, where in (("where", "WHERE"), ("having", "HAVING")):
        condition = node.args.get(clause)
        if condition is not None:
            must_be_boolean(type_of(condition.this, scope, reading), where)
    names = {name for name, _ in output}
    for clause in ("group", "order", "distinct"):
        for part in _parts(node.args.get(clause)):
            _by_name_of_result(part, names, scope, reading, first=clause == "order")
    for clause in ("limit", "offset"):
        if node.args.get(clause) is not None:
            type_of(node.args[clause].expression, scope, reading)
    for window in node.args.get("windows") or []:
        for part in children(window):
            type_of(part, scope, reading)
    return output


def _parts(clause: exp.Expr | None) -> Iterator[exp.Expr]:
    """The expressions of GROUP BY, ORDER BY and DISTINCT ON, out of their lists and brackets."""
    for child in children(clause) if clause is not None else ():
        if isinstance(child, (exp.Ordered, exp.Paren, exp.Tuple, exp.GroupingSets, exp.Cube, exp.Rollup)):
            yield from _parts(child)
        else:
            yield child


def _by_name_of_result(part: exp.Expr, names: set[str], scope: Scope, reading: Reading, *, first: bool) -> None:
    """A name in ORDER BY means a column of the result first, in GROUP BY only where there is no other."""
    if isinstance(part, exp.Column) and part.args.get("table") is None:
        name = spelled(part.this)
        if name in names and (first or scope.find(name) is None):
            return
    type_of(part, scope, reading)


def _projected(expressions: list[exp.Expr], scope: Scope, reading: Reading) -> Output:
    return tuple(column for expression in expressions for column in _columns(expression, scope, reading))


def _columns(node: exp.Expr, scope: Scope, reading: Reading) -> Iterator[tuple[str, Type]]:
    if isinstance(node, exp.Star):
        for source in scope.sources:
            yield from _shown(source, reading)
    elif isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
        named = scope.named(spelled(node.args["table"]))
        if named is None:
            raise Refused("42P01", f'missing FROM-clause entry for table "{spelled(node.args["table"])}"')
        yield from _shown(named, reading, hidden=False)
    elif isinstance(node, exp.Dot) and isinstance(node.expression, exp.Star):
        row = type_of(node.this, scope, reading)
        yield from ((name, Type(type_)) for name, type_ in row.fields or ((MORE, ""),))
    else:
        yield _name(node), type_of(node, scope, reading)


def _shown(source: Source, reading: Reading, *, hidden: bool = True) -> Output:
    reading.touch(source, *(name for name, _ in source.columns))
    return tuple(column for column in source.columns if not (hidden and column[0] in source.hidden))


_NAMED_LIKE_THEIR_CONTENT = (exp.Cast, exp.Paren, exp.Filter, exp.Window, exp.Bracket, exp.WithinGroup)


def _name(node: exp.Expr) -> str:
    """The name that PostgreSQL gives to a column of a result (FigureColname)."""
    if isinstance(node, _NAMED_LIKE_THEIR_CONTENT):
        return _name(node.this)
    if isinstance(node, exp.Subquery):
        return _name(node.this.selects[0]) if isinstance(node.this, exp.Select) else "?column?"
    match node:
        case exp.Alias():
            return spelled(node.args["alias"])
        case exp.Column():
            return spelled(node.this)
        case exp.Dot():
            return spelled(node.expression) if isinstance(node.expression, exp.Identifier) else _name(node.expression)
        case _:
            return _name_of_call(node)


def _name_of_call(node: exp.Expr) -> str:
    if isinstance(node, (exp.Case, exp.Array)):
        return type(node).__name__.lower()
    return called(node) if isinstance(node, exp.Func) and not isinstance(node, exp.Binary) else "?column?"


def _set_operation(node: exp.SetOperation, scope: Scope, reading: Reading) -> Output:
    left, right = rows(node.left, scope, reading), rows(node.right, scope, reading)
    if any(name == MORE for name, _ in (*left, *right)):
        return left
    operation = type(node).__name__.upper()
    if len(left) != len(right):
        raise Refused("42601", f"each {operation} query must have the same number of columns")
    merged = tuple(
        (name, matched(operation, [type_, other])) for (name, type_), (_, other) in zip(left, right, strict=True)
    )
    names = Scope(sources=[Source("", merged)])
    for part in _parts(node.args.get("order")):
        type_of(part, names, reading)
    return merged


def _values(node: exp.Expr, scope: Scope, reading: Reading) -> Output:
    lists = [item.expressions if isinstance(item, exp.Tuple) else [item] for item in node.expressions]
    types = [[type_of(item, scope, reading) for item in items] for items in lists]
    first = types[0] if types else [UNKNOWN]
    # One row keeps its literals: INSERT reads them in the form that the column wants.
    merged = first if len(types) == 1 else [matched("VALUES", column) for column in zip(*types, strict=False)]
    return tuple((f"column{number}", type_) for number, type_ in enumerate(merged, start=1))

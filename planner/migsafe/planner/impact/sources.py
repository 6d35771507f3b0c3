"""What stands in FROM: relations, subqueries, functions and joins of them, as sources of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from migsafe.planner.impact.expressions import relation_of, spelled, type_of
from migsafe.planner.impact.functions import called
from migsafe.planner.impact.operators import compared, must_be_boolean
from migsafe.planner.impact.scope import MORE, Refused, Scope, Source
from migsafe.planner.impact.types import UNKNOWN, Type, type_named
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from migsafe.planner.impact.scope import Output, Reading

_SYSTEM = ("pg_catalog", "information_schema")
_OPEN: Output = ((MORE, UNKNOWN),)


def add_from(node: exp.Expr, scope: Scope, reading: Reading) -> None:
    """Puts the sources of FROM and of its joins in sight, each with those before it as LATERAL sees them."""
    first = node.args.get("from_")
    if first is not None:
        _add(first.this, scope, reading)
    _add_joins(node, scope, reading)


def _add(node: exp.Expr, scope: Scope, reading: Reading) -> None:
    """A source, with what is joined to it inside of parentheses or of an UPDATE's FROM."""
    bracketed = isinstance(node, exp.Subquery) and node.args.get("alias") is None
    if bracketed and isinstance(node.this, (exp.Table, exp.Subquery, exp.Lateral)):
        _add(node.this, scope, reading)
    else:
        scope.sources.append(source_of(node, scope, reading))
    if not isinstance(node, exp.Query) or isinstance(node, exp.Subquery):
        _add_joins(node, scope, reading)


def _add_joins(node: exp.Expr, scope: Scope, reading: Reading) -> None:
    for join in node.args.get("joins") or []:
        before = len(scope.sources)
        _add(join.this, scope, reading)
        left, right = scope.sources[:before], scope.sources[before:]
        shared = [spelled(column) for column in join.args.get("using") or []]
        if join.args.get("method") == "NATURAL":
            here = {name for source in left for name, _ in source.columns}
            shared = [name for source in right for name, _ in source.columns if name in here and name != MORE]
        for column in shared:
            _merge(column, left, right, reading)
        condition = join.args.get("on")
        if condition is not None:
            must_be_boolean(type_of(condition, scope, reading), "JOIN/ON")


def _merge(column: str, left: list[Source], right: list[Source], reading: Reading) -> None:
    """A column of JOIN ... USING, which is one column from then on."""
    types = []
    for side, sources in (("left", left), ("right", right)):
        found = Scope(sources=sources).find(column)
        if found is None and not any(source.open for source in sources):
            raise Refused("42703", f'column "{column}" specified in USING clause does not exist in {side} table')
        if found is not None:
            reading.touch(found[0], column)
            types.append(found[1])
    compared("=", *(types if len(types) == len(("left", "right")) else (UNKNOWN, UNKNOWN)))
    for source in right:
        source.hidden.add(column)


def source_of(node: exp.Expr, scope: Scope, reading: Reading) -> Source:
    """One item of FROM. Raises Refused where the relation is not there."""
    alias = node.args.get("alias")
    lateral = isinstance(node, exp.Lateral)
    inner = node.this if lateral else node
    around = scope if lateral else Scope(scope.parent, tables=scope.tables)
    if isinstance(inner, exp.Table) and isinstance(inner.this, exp.Identifier):
        return _aliased(table_of(inner, scope, reading), alias)
    if isinstance(inner, (exp.Subquery, exp.Values, exp.Query)):
        body = inner.this if isinstance(inner, exp.Subquery) and not inner.args.get("with_") else inner
        return _aliased(Source("", reading.rows(body, around, reading)), alias)
    function = inner.this if isinstance(inner, exp.Table) and inner.this is not None else inner
    return _of_function(function, alias, scope, reading)


def table_of(node: exp.Table, scope: Scope, reading: Reading) -> Source:
    """The table, view or common table expression that a name means."""
    name = QualifiedName(spelled(node.this), spelled(node.args["db"]) if node.args.get("db") else None)
    common = scope.table(name.name) if name.schema is None else None
    if common is not None:
        return Source(name.name, common)
    relation = reading.relations.find(name)
    if relation is not None:
        reading.touched[relation, ""] = None
        columns = reading.relations.columns[relation].items()
        return Source(name.name, tuple((column, type_named(type_)) for column, type_ in columns), relation, name.schema)
    if name.schema in _SYSTEM or (name.schema is None and name.name.startswith("pg_")):
        return Source(name.name, _OPEN)
    raise Refused("42P01", f'relation "{name}" does not exist')


def _aliased(source: Source, alias: exp.Expr | None) -> Source:
    """The source under its alias, with the columns that the alias renames."""
    if alias is None:
        return source
    names = [spelled(column) for column in alias.args.get("columns") or []]
    renamed = [(new, type_) for new, (_, type_) in zip(names, source.columns, strict=False)]
    if alias.this is not None:
        source.alias, source.schema = spelled(alias.this), None
    source.columns = (*renamed, *source.columns[len(renamed) :])
    return source


def _of_function(node: exp.Expr, alias: exp.Expr | None, scope: Scope, reading: Reading) -> Source:
    arguments = list(node.expressions) if isinstance(node, (exp.Anonymous, exp.Unnest)) else []
    row = next((relation_of(argument.args["to"], reading) for argument in arguments[:1] if _is_cast(argument)), None)
    returned = type_of(node, scope, reading)
    name = spelled(alias.this) if alias is not None and alias.this is not None else called(node)
    columns = (alias.args.get("columns") if alias is not None else None) or []
    if any(isinstance(column, exp.ColumnDef) for column in columns):
        return Source(name, tuple(_defined(column) for column in columns))
    if row is not None:
        reading.touch_row(row)
        return _aliased(Source(name, row.columns), alias)
    if isinstance(node, exp.ExplodingGenerateSeries):
        returned = type_of(node.args["start"], scope, reading)
    return Source(name, (*((spelled(column), returned) for column in columns), (name, returned), (MORE, UNKNOWN)))


def _is_cast(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast)


def _defined(column: exp.Expr) -> tuple[str, Type]:
    kind = column.args.get("kind")
    return spelled(column.this), type_named(kind.sql(dialect="postgres")) if kind is not None else UNKNOWN

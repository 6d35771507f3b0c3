"""INSERT, UPDATE, DELETE and MERGE: what they write to, and whether it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from migsafe.planner.impact.expressions import spelled, type_of
from migsafe.planner.impact.operators import must_be_boolean
from migsafe.planner.impact.scope import MORE, Refused, Scope, Source, Unclear
from migsafe.planner.impact.sources import add_from, source_of
from migsafe.planner.impact.types import Type, assignable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.planner.impact.scope import Output, Reading

WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


def written(node: exp.Expr, scope: Scope, reading: Reading) -> Scope:
    """Looks up everything in a statement that writes; what RETURNING sees. Raises Refused and Unclear."""
    match node:
        case exp.Insert():
            return _insert(node, scope, reading)
        case exp.Update():
            return _update(node, scope, reading)
        case exp.Delete():
            return _delete(node, scope, reading)
        case exp.Merge():
            return _merge(node, scope, reading)
        case _:
            raise Unclear(f"{type(node).__name__} is not understood")


def _insert(node: exp.Insert, scope: Scope, reading: Reading) -> Scope:
    table = node.this.this if isinstance(node.this, exp.Schema) else node.this
    target = source_of(table, Scope(), reading)
    columns = [spelled(column) for column in node.this.expressions] if isinstance(node.this, exp.Schema) else []
    if node.args.get("expression") is not None:
        _store(columns, reading.rows(node.args["expression"], scope, reading), target, reading)
    inner = Scope(scope, [target])
    conflict = node.args.get("conflict")
    if conflict is not None:
        # What would have been inserted is seen as `excluded`, never without that name.
        excluded = Source("excluded", target.columns, hidden={name for name, _ in target.columns})
        _conflict(conflict, Scope(scope, [target, excluded]), target, reading)
    return inner


def _conflict(conflict: exp.OnConflict, scope: Scope, target: Source, reading: Reading) -> None:
    for key in conflict.args.get("conflict_keys") or []:
        type_of(key, Scope(sources=[target]), reading)
    _assign(conflict.expressions, scope, target, reading)
    _condition(conflict, scope, reading)


def _store(columns: list[str], values: Output, target: Source, reading: Reading) -> None:
    """The values of an INSERT against the columns they are for: those named, else those of the table in order."""
    wanted = columns or [name for name, _ in target.columns]
    if any(name == MORE for name, _ in values) or target.open:
        return
    if len(values) > len(wanted) or (columns and len(values) < len(wanted)):
        than = "more expressions than target columns" if len(values) > len(wanted) else "more target columns"
        raise Refused("42601", f"INSERT has {than}")
    for name, (_, type_) in zip(wanted, values, strict=False):
        _fits(name, type_, target, reading)


def _fits(column: str, value: Type, target: Source, reading: Reading) -> None:
    wanted = target.type_of(column)
    if wanted is None and not target.open:
        raise Refused("42703", f'column "{column}" of relation "{target.alias}" does not exist')
    reading.touch(target, column)
    if wanted is not None and not assignable(value, wanted):
        said = f'column "{column}" is of type {wanted.name} but expression is of type {value.name or "unknown"}'
        raise Refused("42804" if value.literal is None else "22P02", said)


def _update(node: exp.Update, scope: Scope, reading: Reading) -> Scope:
    target = source_of(node.this, Scope(), reading)
    inner = Scope(scope, [target])
    add_from(node, inner, reading)
    _assign(node.expressions, inner, target, reading)
    _condition(node, inner, reading)
    return inner


def _assign(pairs: Iterable[exp.Expr], scope: Scope, target: Source, reading: Reading) -> None:
    """SET column = value, and SET (columns) = (values or a query)."""
    for pair in pairs:
        value = pair.args.get("expression")
        if isinstance(pair.this, (exp.Tuple, exp.Paren)):
            _assign_several(pair, scope, target, reading)
            continue
        column = pair.this
        while isinstance(column, (exp.Bracket, exp.Dot)):
            column = column.this
        type_ = type_of(value, scope, reading) if value is not None else Type()
        _fits(spelled(column.this), type_ if column is pair.this else Type(), target, reading)


def _assign_several(pair: exp.Expr, scope: Scope, target: Source, reading: Reading) -> None:
    columns = pair.this.expressions or [pair.this.this]
    value = pair.args["expression"]
    if isinstance(value, exp.Query):
        types = [type_ for _, type_ in reading.rows(value, scope, reading)]
    else:
        types = [type_of(item, scope, reading) for item in value.expressions or [value]]
    for column, type_ in zip(columns, types, strict=False):
        _fits(spelled(column.this), type_, target, reading)


def _delete(node: exp.Delete, scope: Scope, reading: Reading) -> Scope:
    inner = Scope(scope, [source_of(node.this, Scope(), reading)])
    for other in node.args.get("using") or []:
        add_from(exp.Select(from_=exp.From(this=other)), inner, reading)
    _condition(node, inner, reading)
    return inner


def _condition(node: exp.Expr, scope: Scope, reading: Reading) -> None:
    where = node.args.get("where")
    if where is not None:
        must_be_boolean(type_of(where.this, scope, reading), "WHERE")


def _merge(node: exp.Merge, scope: Scope, reading: Reading) -> Scope:
    target = source_of(node.this, Scope(), reading)
    inner = Scope(scope, [target, source_of(node.args["using"], scope, reading)])
    must_be_boolean(type_of(node.args["on"], inner, reading), "JOIN/ON")
    for when in node.args["whens"].expressions:
        if when.args.get("condition") is not None:
            must_be_boolean(type_of(when.args["condition"], inner, reading), "MERGE WHEN")
        match when.args.get("then"):
            case exp.Update() as update:
                _assign(update.expressions, inner, target, reading)
            case exp.Insert() as insert:
                columns = [spelled(column.this) for column in insert.this.expressions] if insert.this else []
                value = insert.args.get("expression")
                types = [type_of(item, inner, reading) for item in (value.expressions if value is not None else [])]
                _store(columns, tuple((str(number), type_) for number, type_ in enumerate(types)), target, reading)
            case _:
                pass
    return inner

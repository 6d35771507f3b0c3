"""Questions before changes of columns and domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.typename import type_name
from migsafe.planner.effects.columns import fills_itself
from migsafe.planner.preflights.compose import Question, Wordless
from migsafe.planner.preflights.moment import NOT_COMPOSED, Unspoken
from migsafe.planner.preflights.narrowing import Cast, Unfit, unfits
from migsafe.planner.tree import inner, items, texts
from migsafe.schemas.names import QualifiedName, quoted
from migsafe.schemas.preflight import Consequence, Hazard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.preflights.constraints import Asked
    from migsafe.planner.preflights.moment import Moment
    from migsafe.planner.tree import Node

_SIXTEEN = 160_000


def before_new_column(action: act.AddColumn, moment: Moment) -> Iterator[Asked]:
    """Before a NOT NULL column that gives old rows no value: is there a single row?"""
    table, column = moment.full(action.table), action.column
    if action.if_not_exists and moment.known.has_column(table, column.name):
        return
    if column.not_null and not fills_itself(column):
        words = f"has {table} a row, which would have no value for {quoted(column.name)}?"
        yield Question(Hazard.ROWS_WITHOUT_VALUE, Consequence.FAILS, table, words, limit=1)


def before_new_type(action: act.AlterColumnType, moment: Moment) -> Iterator[Asked]:
    """Before ALTER COLUMN TYPE: values that the new type does not take, or not whole."""
    table, column = moment.full(action.table), action.column
    old = moment.known.type(table, column)
    if old is None:
        yield Wordless(Hazard.UNFITTING_VALUES, table, f"the type of {quoted(column)} is not known", (column,))
        return
    cast = _cast(action, old, moment)
    found = cast.reason if isinstance(cast, Unspoken) else unfits(cast)
    if isinstance(found, str):
        yield Wordless(Hazard.UNFITTING_VALUES, table, found, (column,))
        return
    for unfit in found:
        yield _unfitting(table, column, action.type, unfit)


def _unfitting(table: QualifiedName, column: str, new: act.TypeName, unfit: Unfit) -> Question:
    if unfit.hazard is Hazard.UNFITTING_VALUES:
        words = f"does a value of {table}.{quoted(column)} not fit {new}?"
    else:
        words = f"does a value of {table}.{quoted(column)} lose a part of itself as {new}?"
    return Question(unfit.hazard, unfit.consequence, table, words, unfit.condition, (column,))


def _cast(action: act.AlterColumnType, old: act.TypeName, moment: Moment) -> Cast | Unspoken:
    """The column as it is cast: by assignment, or by a USING of nothing but casts, of which the last is told."""
    version, column = moment.known.server_version, quoted(action.column)
    if action.using is None:
        return Cast(old, action.type, column, False, None, _name(action.type, moment), version)
    casts, node = _casts(action.using.node)
    if texts(items(inner(node, "ColumnRef"), "fields")) != (action.column,):
        return Unspoken(f"{NOT_COMPOSED}: USING is more than a cast of the column")
    new = action.type
    if not casts:
        return Cast(old, new, column, False, None, _name(new, moment), version)
    labels = _labels(new, moment)
    if casts[-1] != new or len(casts) > 2 or (len(casts) == 2 and str(casts[0]) != "text"):  # noqa: PLR2004 - by way of text
        return Unspoken(f"{NOT_COMPOSED}: USING casts to another type on the way")
    if len(casts) == 1:
        return Cast(old, new, column, True, labels, _name(new, moment), version)
    return Cast(casts[0], new, f"{column}::text", True, labels, _name(new, moment), version)


def _name(new: act.TypeName, moment: Moment) -> str:
    """The type's name, qualified where it is a domain of the target, whose conditions reading a text asks too."""
    catalog, full = moment.known.catalog, str(moment.full(new.qualified))
    domains = catalog.domains if catalog is not None else ()
    return full if not new.modifiers and any(one.name == full for one in domains) else str(new)


def _casts(node: Node) -> tuple[list[act.TypeName], Node]:
    """The types of nested casts, the first that is done first, and what is cast."""
    found = []
    while "TypeCast" in node:
        cast = inner(node, "TypeCast")
        found.append(type_name(inner(cast, "typeName")))
        node = inner(cast, "arg")
    return found[::-1], node


def _labels(new: act.TypeName, moment: Moment) -> tuple[str, ...] | None:
    """The labels of an enum, by the plan and the applied files or by the catalog."""
    told = moment.state.type_of(new)
    if told is not None and told.kind == "enum" and not new.array:
        return told.values
    catalog = moment.known.catalog
    name = str(moment.full(new.qualified))
    found = (one.labels for one in catalog.enums if one.name == name) if catalog is not None else iter(())
    return None if new.array else next(found, None)


def before_domain_change(action: act.AlterDomain, moment: Moment) -> Iterator[Asked]:
    """Before a constraint or NOT NULL of a domain: values of every column that has it."""
    if action.change not in {"set not null", "add constraint", "validate constraint"}:
        return
    domain = moment.full(action.name)
    columns = list(moment.known.columns_of_type(domain))
    if not columns and moment.known.catalog is None:
        yield Wordless(Hazard.DOMAIN_VIOLATED, domain, "which columns have the domain is not known")
    for table, column in columns:
        yield from _of_domain(action, table, column, moment)


def _of_domain(action: act.AlterDomain, table: QualifiedName, column: str, moment: Moment) -> Iterator[Asked]:
    hazard, domain = Hazard.DOMAIN_VIOLATED, moment.full(action.name)
    words = f"does a value of {table}.{quoted(column)} violate the domain {domain}?"
    constraint = action.constraint
    if action.change == "set not null":
        yield Question(hazard, Consequence.FAILS, table, words, f"{quoted(column)} IS NULL", (column,))
        return
    if constraint is None or constraint.expression is None:
        yield Wordless(hazard, table, f"the condition of {action.constraint_name} is not known", (column,))
        return
    if constraint.not_valid:
        return
    condition = moment.text(constraint.expression, moment.statement)
    if isinstance(condition, Unspoken):
        yield condition.about(hazard, table, (column,))
        return
    # In a domain's CHECK the value is called VALUE, which elsewhere is an ordinary name of a column.
    key = "".join(f", {quoted(each)}" for each in moment.known.primary_key(table))
    source = f"(SELECT {quoted(column)} AS value{key} FROM {table}) AS checked"
    yield Question(
        hazard, Consequence.FAILS, table, words, f"NOT (\n{condition}\n)", (column,), source=source, alias="checked"
    )

"""Questions before partitions: rows outside the bound, and rows of the default partition inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.parse import parse
from migsafe.planner.preflights.compose import Question, Wordless, both, literal
from migsafe.planner.preflights.exact_text import exact_text
from migsafe.planner.preflights.moment import NOT_COMPOSED
from migsafe.planner.tree import flag, inner, items, number, texts, unwrap, unwrapped, word
from migsafe.schemas.names import QualifiedName, quoted
from migsafe.schemas.preflight import Consequence, Hazard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.preflights.constraints import Asked
    from migsafe.planner.preflights.moment import Moment
    from migsafe.planner.tree import Node

_NO_CONSTANT = {"minvalue", "maxvalue"}


def before_partition(action: act.AttachPartition | act.CreateTable, moment: Moment) -> Iterator[Asked]:
    """Before ATTACH PARTITION and CREATE TABLE ... PARTITION OF."""
    match action:
        case act.AttachPartition(parent=parent, partition=partition, index=False):
            yield from _of(moment.full(parent), moment.full(partition), moment)
        case act.CreateTable(partition_of=QualifiedName() as parent):
            yield from _of(moment.full(parent), None, moment)
        case _:
            return


def _of(parent: QualifiedName, partition: QualifiedName | None, moment: Moment) -> Iterator[Asked]:
    bound, default = _bound(moment), moment.known.default_partition(parent)
    if flag(bound, "is_default"):
        if partition is not None:
            yield Wordless(Hazard.OUTSIDE_PARTITION, partition, f"{NOT_COMPOSED}: the bound is all that others leave")
        return
    key = _key(parent, moment)
    inside = _inside(bound, key, parent, moment) if key else None
    why = f"the partition key of {parent} is not known" if not key else f"{NOT_COMPOSED}: the bound"
    if partition is not None:
        words = f"does a row of {partition} lie outside of its bound in {parent}?"
        outside = f"({inside}) IS NOT TRUE"
        yield (
            Wordless(Hazard.OUTSIDE_PARTITION, partition, why)
            if inside is None
            else Question(Hazard.OUTSIDE_PARTITION, Consequence.FAILS, partition, words, outside, key)
        )
    if default is not None:
        words = f"does a row of the default partition {default} belong into the new one of {parent}?"
        yield (
            Wordless(Hazard.IN_DEFAULT_PARTITION, default, why)
            if inside is None
            else Question(Hazard.IN_DEFAULT_PARTITION, Consequence.FAILS, default, words, inside, key)
        )


def _bound(moment: Moment) -> Node:
    """The bound, from the statement's tree."""
    node = dict(moment.statement.node)
    for command in unwrapped(node, "cmds", "AlterTableCmd"):
        if (partition := inner(inner(command, "def"), "PartitionCmd")) and inner(partition, "bound"):
            return inner(partition, "bound")
    return inner(node, "partbound")


def _key(parent: QualifiedName, moment: Moment) -> tuple[str, ...]:
    """The columns of the partition key; none where nobody can tell, or where an expression is in it."""
    table = moment.known.table(parent)
    if table is None or table.partition_key is None:
        return ()
    (made,) = parse(f"CREATE TABLE t (c int) PARTITION BY {table.partition_key}".encode(), "the catalog")
    for action in made.actions:
        if isinstance(action, act.CreateTable) and all(action.partition_columns):
            return action.partition_columns
    return ()


def _inside(bound: Node, key: tuple[str, ...], parent: QualifiedName, moment: Moment) -> str | None:
    """The condition that rows of the partition fulfil; None where it cannot be told."""
    columns = [quoted(column) for column in key]
    match word(bound, "strategy"):
        case "r":
            return _in_range(bound, columns, moment)
        case "l":
            return _in_list(bound, columns[0], moment)
        case "h":
            rest = f"{number(bound, 'modulus')}, {number(bound, 'remainder')}, {', '.join(columns)}"
            return f"satisfies_hash_partition({literal(str(parent))}::regclass, {rest})"
        case _:
            return None


def _in_range(bound: Node, columns: list[str], moment: Moment) -> str | None:
    sides = []
    for side, comparison in (("lowerdatums", ">="), ("upperdatums", "<")):
        datums = items(bound, side)
        if all(_limitless(datum) for datum in datums):
            continue
        found = [None if _limitless(datum) else exact_text(datum, moment.statement) for datum in datums]
        values = [value for value in found if value is not None]
        if len(values) != len(columns):
            return None
        sides.append(f"({', '.join(columns)}) {comparison} ({', '.join(values)})")
    return both([*(f"{column} IS NOT NULL" for column in columns), *sides])


def _limitless(datum: Node) -> bool:
    """MINVALUE or MAXVALUE."""
    return texts(items(inner(datum, "ColumnRef"), "fields"))[-1:] in {(one,) for one in _NO_CONSTANT}


def _in_list(bound: Node, column: str, moment: Moment) -> str | None:
    datums = items(bound, "listdatums")
    empty = [datum for datum in datums if flag(unwrap(datum)[1], "isnull")]
    found = [exact_text(datum, moment.statement) for datum in datums if datum not in empty]
    values = [value for value in found if value is not None]
    if len(values) != len(found):
        return None
    listed = f"{column} IN ({', '.join(values)})" if values else "false"
    return f"{listed} OR {column} IS NULL" if empty else listed

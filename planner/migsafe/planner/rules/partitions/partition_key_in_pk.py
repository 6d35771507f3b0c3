"""A PRIMARY KEY or UNIQUE of a partitioned table that leaves its partition key out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateTable(partitioned_by=str(), name=table, partition_columns=key):
            made = [(each.kind, each.columns) for each in action.all_constraints if each.kind in _UNIQUE]
        case act.AddConstraint(table=table, constraint=each, only=False) if each.kind in _UNIQUE and each.columns:
            made, key = [(each.kind, each.columns)], _key(table, context)
        case act.CreateIndex(table=table, unique=True, columns=columns):
            plain = tuple(column.name or "" for column in columns)
            made, key = [(ConstraintKind.UNIQUE, plain)], _key(table, context)
        case _:
            return
    for kind, columns_of_it in made:
        if missing := [column for column in key if column not in columns_of_it or not column]:
            lacks = ", ".join(column or "an expression" for column in missing)
            yield Hit(table, f"{table} is partitioned by {lacks}, which its {kind} leaves out")


def _key(table: QualifiedName, context: Context) -> tuple[str, ...]:
    known = context.state.table(table)
    return known.partition_columns if known is not None and known.kind == "partitioned table" else ()


_UNIQUE = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)

RULE = Rule(
    name="partition-key-in-pk",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=40,
    harm=(
        "PostgreSQL refuses it: each partition keeps an index of its own, so that only what holds the whole partition "
        "key can be unique over all of them."
    ),
    remedy="Put every column of the partition key into it, or make it on each partition alone.",
    before="",
    unsafe="CREATE TABLE events (id bigint PRIMARY KEY, day date NOT NULL) PARTITION BY RANGE (day);",
    safe="CREATE TABLE events (id bigint, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);",
    check=OnActions((act.CreateTable, act.AddConstraint, act.CreateIndex), _find),
)

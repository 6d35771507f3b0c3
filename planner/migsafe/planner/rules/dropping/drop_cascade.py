"""DROP ... CASCADE, which drops what the text does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context

_HAVE_DEPENDENTS = {
    *(ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE, ObjectKind.TYPE),
    *(ObjectKind.DOMAIN, ObjectKind.SCHEMA, ObjectKind.EXTENSION, ObjectKind.FUNCTION, ObjectKind.SEQUENCE),
}


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(cascade=True, kind=kind, name=name) if kind in _HAVE_DEPENDENTS and context.live(name):
            yield Hit(str(name), f"whatever depends on the {kind} {name} is dropped with it")
        case act.DropColumn(cascade=True, table=table, column=column) if context.live(table):
            yield Hit(table, f"whatever depends on {table}.{column} is dropped with it")
        case act.DropConstraint(cascade=True, table=table, name=constraint) if context.live(table):
            yield Hit(table, f"whatever depends on the constraint {constraint} of {table} is dropped with it")


RULE = Rule(
    name="drop-cascade",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=30,
    harm=("Views, foreign keys, columns, policies and defaults go with it, and nobody who reads the text sees which."),
    remedy="Drop what depends on it by name, so that what is lost can be reviewed; then leave CASCADE out.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE VIEW recent_orders AS SELECT id FROM orders;
CREATE VIEW newest_orders AS SELECT id FROM recent_orders;
""",
    unsafe="DROP VIEW recent_orders CASCADE;",
    safe="""
DROP VIEW newest_orders;
DROP VIEW recent_orders;
""",
    check=OnActions((act.Drop, act.DropColumn, act.DropConstraint), _find),
)

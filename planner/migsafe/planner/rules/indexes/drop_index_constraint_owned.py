"""DROP INDEX of an index that belongs to a constraint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import only_act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.INDEX, name=name, cascade=False):
            known = context.state.indexes.get(context.state.qualified(name))
            if known is not None and known.constraint is not None:
                safer = f"ALTER TABLE {known.table} DROP CONSTRAINT {quoted(known.constraint)};"
                told = f"the index {name} belongs to the constraint {known.constraint} of {known.table}"
                yield Hit(known.table, told, safer if only_act(context) else "")
        case _:
            pass


RULE = Rule(
    name="drop-index-constraint-owned",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=40,
    harm="PostgreSQL refuses to drop the index of a primary key, unique or exclusion constraint: the migration stops.",
    remedy="Drop the constraint: its index goes with it.",
    before="CREATE TABLE users (id bigint PRIMARY KEY, email text CONSTRAINT users_email_key UNIQUE);",
    unsafe="DROP INDEX users_email_key;",
    safe="COMMENT ON CONSTRAINT users_email_key ON users IS 'to be dropped with 2.6, its index with it';",
    check=OnActions((act.Drop,), _find),
)

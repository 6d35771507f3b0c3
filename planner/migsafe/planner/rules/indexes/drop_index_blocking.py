"""DROP INDEX without CONCURRENTLY on a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import before, only_act, this_sql
from migsafe.planner.rules.clues.partitioned import (
    partitioned,
)
from migsafe.planner.rules.remedies.safer import alone, concurrently
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.INDEX, concurrently=False, name=name):
            known = context.state.indexes.get(context.state.qualified(name))
            # Of an index that a constraint owns drop-index-constraint-owned speaks.
            if known is None and not (action.if_exists and _gone(name, context)):
                yield Hit(str(name), f"reads and writes of its table wait for the lock to drop {name}", _safer(context))
            elif known is not None and known.constraint is None and context.live(known.table):
                told = f"reads and writes of {known.table} wait for the lock to drop {name}"
                yield Hit(known.table, told, "" if partitioned(context.state, known.table) else _safer(context))
        case _:
            pass


def _gone(name: QualifiedName, context: Context) -> bool:
    """Whether the index is known not to be there, or went with its constraint: generated scripts then drop it again."""
    went = (each.name for each in before(context) if isinstance(each, act.DropConstraint))
    return context.state.exists(name) is False or name.name in set(went)


def _safer(context: Context) -> str:
    return alone(context, concurrently(this_sql(context))) if only_act(context) else ""


RULE = Rule(
    name="drop-index-blocking",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=10,
    harm=(
        "It needs ACCESS EXCLUSIVE on the table: behind one long query that it waits for, every other query waits too."
    ),
    remedy="Drop it CONCURRENTLY, alone in a migration.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
CREATE INDEX orders_user_id_idx ON orders (user_id);
""",
    unsafe="DROP INDEX orders_user_id_idx;",
    safe="DROP INDEX CONCURRENTLY orders_user_id_idx;",
    check=OnActions((act.Drop,), _find),
)

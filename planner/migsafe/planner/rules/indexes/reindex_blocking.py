"""REINDEX without CONCURRENTLY."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.remedies.safer import alone, concurrently
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Reindex(kind="table", concurrently=False, name=QualifiedName() as table) if context.live(table):
            yield Hit(table, f"the indexes of {table} are built anew while writes wait", _safer(context))
        case act.Reindex(kind="index", concurrently=False, name=QualifiedName() as index):
            owner = context.state.table_of_index(index)
            if owner is None or context.live(owner):
                told = f"the index {index} of {owner or 'its table'} is built anew while writes wait"
                yield Hit(owner or str(index), told, _safer(context))
        case act.Reindex(kind="schema" | "database" as kind, concurrently=False, name=name):
            which = f"{kind} {name}" if name is not None else kind
            yield Hit("", f"every index of the {which} is built anew while writes wait", _safer(context))
        case act.Reindex(kind="system"):
            yield Hit("", "every index of the system catalogs is built anew, which no session can do without")
        case _:
            pass


def _safer(context: Context) -> str:
    return alone(context, concurrently(this_sql(context)))


RULE = Rule(
    name="reindex-blocking",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=35,
    scaled=True,
    harm=(
        "Writes to the table wait until its indexes are built anew, and so does every read that would use one of "
        "them or is planned meanwhile."
    ),
    remedy="REINDEX ... CONCURRENTLY builds a new index beside the old one while everybody works.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
CREATE INDEX orders_user_id_idx ON orders (user_id);
""",
    unsafe="REINDEX INDEX orders_user_id_idx;",
    safe="REINDEX INDEX CONCURRENTLY orders_user_id_idx;",
    check=OnActions((act.Reindex,), _find),
)

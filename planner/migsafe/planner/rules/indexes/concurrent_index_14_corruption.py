"""CREATE INDEX CONCURRENTLY on PostgreSQL 14, whose first releases could break the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(concurrently=True, table=table) if context.major == _BROKEN and context.live(table):
            yield Hit(table, f"the index {action.name or 'made'} on {table} may miss rows before 14.4")
        case act.Reindex(concurrently=True, name=name) if context.major == _BROKEN:
            yield Hit(str(name or ""), f"the indexes of {name or 'the database'} may miss rows before 14.4")
        case _:
            pass


_BROKEN = 14

RULE = Rule(
    name="concurrent-index-14-corruption",
    severity=Severity.NOTICE,
    dimension=Dimension.DATA_LOSS,
    points=5,
    harm=(
        "On PostgreSQL 14.0 to 14.3 an index that is built CONCURRENTLY while rows change may miss some of them: "
        "queries by the index then do not find these rows, and nothing reports it."
    ),
    remedy="Update the server to 14.4 or later first; check older indexes with pg_amcheck --heapallindexed.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);",
    unsafe="CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);",
    safe="COMMENT ON TABLE orders IS 'needs an index on user_id once the server is 14.4 or later';",
    check=OnActions((act.CreateIndex, act.Reindex), _find),
    since=14,
    until=14,
)

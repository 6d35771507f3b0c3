"""ALTER TABLE ... REPLICA IDENTITY."""

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
        case act.SetReplicaIdentity(table=table, identity=identity) if context.live(table):
            yield Hit(table, f"{_WHAT[identity]} of {table}{f' ({action.index})' if action.index else ''}")
        case _:
            pass


_WHAT = {
    "full": "subscribers get the whole old row with every UPDATE and DELETE",
    "nothing": "subscribers get nothing to know the old row by, so that published UPDATEs and DELETEs are refused",
    "default": "subscribers get the old primary key with UPDATEs and DELETEs",
    "index": "subscribers get the old columns of an index with UPDATEs and DELETEs",
}

RULE = Rule(
    name="replica-identity",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=10,
    harm=(
        "What a change carries to subscribers, Realtime and other readers of the log is different from now on: they "
        "may miss columns that they rely on, or get much more. It takes ACCESS EXCLUSIVE for a moment."
    ),
    remedy="Tell those who read the changes first. Prefer the primary key; FULL makes every change larger.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders REPLICA IDENTITY FULL;",
    safe="COMMENT ON TABLE orders IS 'published by its primary key';",
    check=OnActions((act.SetReplicaIdentity,), _find),
)

"""A non-transactional statement that cannot be run a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.planner.transactions import SegmentKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    if context.segment is None or context.segment.kind is not SegmentKind.LONE:
        return
    match action:
        case act.CreateIndex(name=name, table=table, if_not_exists=False):
            yield Hit(table, f"run again, it finds the index {name or 'of this name'} and fails")
        case act.Drop(name=gone, if_exists=False):
            yield Hit("", f"run again, it does not find {gone} and fails")
        case _:
            pass


RULE = Rule(
    name="non-idempotent-statement",
    severity=Severity.OFF,
    dimension=Dimension.RECOVERY,
    points=0,
    harm=(
        "What no transaction undoes is half done when it breaks off, and fails when it is tried again. It is "
        "off because migsafe looks what is there before it tries again, while IF NOT EXISTS takes a broken "
        "index for a finished one."
    ),
    remedy="Write IF EXISTS to a DROP; look for an invalid index yourself before a CREATE.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE INDEX orders_id_idx ON orders (id);
""",
    unsafe="DROP INDEX CONCURRENTLY orders_id_idx;",
    safe="DROP INDEX CONCURRENTLY IF EXISTS orders_id_idx;",
    check=OnActions((act.CreateIndex, act.Drop), _find),
)

"""ALTER TABLE ... SET ACCESS METHOD."""

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
        # Tables are heaps unless somebody made them otherwise: to set what they have already does nothing.
        case act.SetAccessMethod(table=table, method=method) if method not in {"", "heap"} and context.live(table):
            yield Hit(table, f"{table} is written anew as {method}")
        case _:
            pass


RULE = Rule(
    name="set-access-method",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=45,
    scaled=True,
    harm="The whole table and its indexes are written anew while reads and writes wait.",
    remedy="Make a new table with the access method, copy the rows in batches, and swap the names in one transaction.",
    before="""
CREATE ACCESS METHOD columns_first TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE events (id bigint PRIMARY KEY);
""",
    unsafe="ALTER TABLE events SET ACCESS METHOD columns_first;",
    safe="CREATE TABLE events_by_column (LIKE events INCLUDING ALL) USING columns_first;",
    check=OnActions((act.SetAccessMethod,), _find),
    since=15,
)

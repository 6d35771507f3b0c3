"""ALTER TABLE ... SET LOGGED or SET UNLOGGED."""

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
        case act.SetLogged(table=table, logged=logged) if context.live(table):
            if logged:
                yield Hit(table, f"{table} is written anew, and all of it to the write-ahead log")
            else:
                yield Hit(table, f"{table} is written anew, will be empty after a crash and is not replicated")
        case _:
            pass


RULE = Rule(
    name="set-logged-unlogged",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=45,
    scaled=True,
    harm=(
        "The whole table and its indexes are written anew while reads and writes wait. An unlogged table is emptied "
        "after a crash, and replicas do not have it."
    ),
    remedy="Make a new table of the wanted kind, copy the rows in batches, and swap the names in one transaction.",
    before="CREATE TABLE events (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE events SET UNLOGGED;",
    safe="""
CREATE UNLOGGED TABLE events_unlogged (LIKE events INCLUDING ALL);
""",
    check=OnActions((act.SetLogged,), _find),
)

"""CREATE RULE on a table that is in use."""

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
        case act.CreateRule(table=table, name=name, event=event, instead=instead) if context.live(table):
            known = context.state.table(table)
            if known is None or "view" not in known.kind:
                what = "done instead of" if instead else "added to"
                yield Hit(table, f"the rule {name} is {what} each {event.upper()} of {table}")
        case _:
            pass


RULE = Rule(
    name="create-rule",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=20,
    harm=(
        "It takes ACCESS EXCLUSIVE on the table, and from then on queries are rewritten before they run: functions in "
        "them may run twice, RETURNING and row counts may come out wrong, and COPY goes past the rule."
    ),
    remedy="Write a trigger: it sees each row once, and every way of writing.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="CREATE RULE orders_kept AS ON DELETE TO orders DO INSTEAD NOTHING;",
    safe="REVOKE DELETE ON orders FROM PUBLIC;",
    check=OnActions((act.CreateRule,), _find),
)

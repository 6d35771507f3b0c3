"""UPDATE of every row of a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.effects.rows import every_row
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Update(table=table) if context.live(table) and every_row(action, context.state):
            yield Hit(table, f"every row of {table} is written anew and stays locked until the end of the transaction")


RULE = Rule(
    name="update-without-where",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm=(
        "Each row stays locked until the transaction ends: writers of these rows wait all that time. "
        "The table doubles in size."
    ),
    remedy=("Update in batches by primary key, each in a transaction of its own, or let a default fill new rows only."),
    before="CREATE TABLE users (id bigint PRIMARY KEY, active boolean);",
    unsafe="UPDATE users SET active = true;",
    safe="UPDATE users SET active = true WHERE id BETWEEN 1 AND 1000;",
    check=OnActions((act.Update,), _find),
)

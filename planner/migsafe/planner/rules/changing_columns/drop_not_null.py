"""DROP NOT NULL on a column that readers take for filled."""

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
        case act.DropNotNull(table=table, column=column) if context.live(table):
            known = context.state.column(table, column)
            if known is None or known.type is None or known.not_null:
                yield Hit(table, f"readers of {table}.{column} may meet NULL from now on")


RULE = Rule(
    name="drop-not-null",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=5,
    harm=("Code that reads the column may not expect NULL, and to take the step back, every row has to be read again."),
    remedy="See that every reader can bear NULL before writers are allowed to store it.",
    before="CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);",
    unsafe="ALTER TABLE users ALTER COLUMN email DROP NOT NULL;",
    safe="ALTER TABLE users ADD COLUMN second_email text;",
    check=OnActions((act.DropNotNull,), _find),
)

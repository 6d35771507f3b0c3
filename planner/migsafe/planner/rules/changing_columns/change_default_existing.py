"""Another default for a column that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import before, fellows
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.SetDefault(table=table, column=column) if context.live(table):
            known = context.state.column(table, column)
            if known is None or known.default is None or known.generated or known.default.is_null:
                return
            retyped = any(isinstance(each, act.AlterColumnType | act.DropDefault) for each in fellows(context))
            new = any(isinstance(each, act.AddColumn) and each.column.name == column for each in before(context))
            if not retyped and not new and known.default.constant != action.default.constant:
                yield Hit(table, f"rows of {table} that are there keep the old default of {column}")


RULE = Rule(
    name="change-default-existing",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=3,
    harm=(
        "Only new rows get the new default. Code that computes with the old one, or an ORM that has read "
        "it at its start, goes on with the old one."
    ),
    remedy=(
        "Deploy code that can bear both values first; update old rows in batches if they are to have the new value."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY, plan text DEFAULT 'free');",
    unsafe="ALTER TABLE users ALTER COLUMN plan SET DEFAULT 'trial';",
    safe="ALTER TABLE users ADD COLUMN next_plan text DEFAULT 'trial';",
    check=OnActions((act.SetDefault,), _find),
)

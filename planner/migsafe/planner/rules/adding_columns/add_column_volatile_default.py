"""A new column whose value is computed for every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.effects.columns import rewrite_reason
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddColumn(table=table, column=column) if context.live(table):
            if reason := rewrite_reason(column):
                yield Hit(table, f"adding {table}.{column.name} writes the table anew: {reason}")


RULE = Rule(
    name="add-column-volatile-default",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=50,
    scaled=True,
    harm="The whole table and all its indexes are written anew while reads and writes wait.",
    remedy=(
        "Add the column without a default, set the default for new rows, and fill the old ones in "
        "batches. now() and constants are free."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();",
    safe="""
ALTER TABLE users ADD COLUMN token uuid;
ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();
""",
    check=OnActions((act.AddColumn,), _find),
)

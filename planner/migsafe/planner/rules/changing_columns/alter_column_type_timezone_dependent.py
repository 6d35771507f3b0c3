"""A change between timestamp and timestamptz, which is free under UTC only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.clues.retyping import follows_time_zone, rewrites
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterColumnType(table=table, column=column, type=new) if context.live(table):
            if follows_time_zone(action, context) and rewrites(action, context):
                yield Hit(
                    table, f"{table}.{column} becomes {new} in the time zone of whoever runs this", _safer(context)
                )


def _safer(context: Context) -> str:
    sql = this_sql(context)
    return f"SET LOCAL timezone = 'UTC';\n{sql};" if sql else ""


RULE = Rule(
    name="alter-column-type-timezone-dependent",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=45,
    scaled=True,
    harm=(
        "The session's TimeZone says what the stored values mean. Unless it is UTC, the whole table and "
        "its indexes are written anew while reads and writes wait, and two servers may end with "
        "different values."
    ),
    remedy=(
        "Say SET LOCAL timezone = 'UTC' before it, if the stored values are UTC: then only the catalog "
        "changes. Else convert into a new column, in batches."
    ),
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, placed timestamp);
SET TIME ZONE 'Europe/Berlin';
""",
    unsafe="ALTER TABLE orders ALTER COLUMN placed TYPE timestamptz;",
    safe="ALTER TABLE orders ADD COLUMN placed_at timestamptz;",
    check=OnActions((act.AlterColumnType,), _find),
)

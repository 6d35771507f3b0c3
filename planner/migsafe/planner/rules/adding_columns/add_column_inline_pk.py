"""A new column that is the primary key from the start."""

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
        case act.AddColumn(table=table, column=column) if column.primary_key and context.live(table):
            yield Hit(
                table, f"the index of the primary key {column.name} of {table} is built while reads and writes wait"
            )


RULE = Rule(
    name="add-column-inline-pk",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=45,
    scaled=True,
    harm="The whole table is read and an index of it is built while reads and writes wait.",
    remedy=(
        "Add a plain column and fill it in batches. Set it NOT NULL by way of a CHECK, build a unique "
        "index CONCURRENTLY, and make that the primary key."
    ),
    before="CREATE TABLE visits (visitor bigint, seen timestamptz);",
    unsafe="ALTER TABLE visits ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;",
    safe="ALTER TABLE visits ADD COLUMN id bigint;",
    check=OnActions((act.AddColumn,), _find),
)

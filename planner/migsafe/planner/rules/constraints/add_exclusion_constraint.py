"""An EXCLUDE constraint on a table in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddConstraint(table=table, constraint=made) if context.live(table):
            if made.kind is ConstraintKind.EXCLUDE:
                yield Hit(table, f"the {made.method or 'btree'} index of {table} is built while reads and writes wait")


RULE = Rule(
    name="add-exclusion-constraint",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=45,
    scaled=True,
    harm=(
        "Its index is built and every row is compared while reads and writes wait. It can neither be NOT "
        "VALID nor use an index that is there."
    ),
    remedy=("Make a new table with the constraint and copy the rows in batches, or let a trigger guard new rows."),
    before="CREATE TABLE bookings (room int, during tsrange);",
    unsafe="ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&);",
    safe="CREATE TABLE stays (room int, during tsrange, CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&));",
    check=OnActions((act.AddConstraint,), _find),
)

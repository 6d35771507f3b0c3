"""A constraint that is NOT ENFORCED."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.foreign_keys import MAKERS, constraints_made
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    for table, each in constraints_made(action):
        if not each.enforced:
            yield Hit(context.state.qualified(table), f"the {each.kind} of {table} checks nothing")


RULE = Rule(
    name="constraint-not-enforced",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=10,
    harm=("Nothing keeps wrong rows out: the constraint is a remark. To enforce it later, every row has to be read."),
    remedy="Add it NOT VALID, which checks new rows at once, and VALIDATE it later.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int);",
    unsafe="ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT ENFORCED;",
    safe="""
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT positive;
""",
    check=OnActions(MAKERS, _find),
    since=18,
)

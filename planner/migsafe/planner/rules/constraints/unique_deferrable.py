"""A deferrable UNIQUE or PRIMARY KEY, which ON CONFLICT and foreign keys cannot use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind
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
        if each.deferrable and each.kind in {ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY}:
            index = f" on {each.using_index}" if each.using_index else ""
            yield Hit(context.state.qualified(table), f"the deferrable {each.kind}{index} of {table}")


RULE = Rule(
    name="unique-deferrable",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=5,
    harm=(
        "INSERT ... ON CONFLICT refuses a deferrable constraint, no foreign key can refer to its "
        "columns, and each write checks it twice."
    ),
    remedy="Leave out DEFERRABLE, unless rows swap their keys within a transaction.",
    before="CREATE TABLE users (id bigint PRIMARY KEY);",
    unsafe="CREATE TABLE steps (id bigint PRIMARY KEY, place int UNIQUE DEFERRABLE);",
    safe="CREATE TABLE steps (id bigint PRIMARY KEY, place int UNIQUE);",
    check=OnActions(MAKERS, _find),
)

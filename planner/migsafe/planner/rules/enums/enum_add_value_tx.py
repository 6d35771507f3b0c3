"""An enum value added together with other statements."""

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
        case act.AddEnumValue(type=name, value=value):
            around = (*context.earlier(), *context.later())
            if any(not isinstance(each, act.AddEnumValue) for each in around):
                yield Hit(str(name), f"'{value}' cannot be used by the other statements of its transaction")
        case _:
            pass


RULE = Rule(
    name="enum-add-value-tx",
    severity=Severity.OFF,
    dimension=Dimension.FAILURE,
    points=2,
    harm="The new value cannot be used until the transaction has ended, also not by triggers and functions that its "
    "other statements run.",
    remedy="Give ALTER TYPE ... ADD VALUE a migration of its own.",
    before="CREATE TYPE mood AS ENUM ('happy');\nCREATE TABLE people (id bigint PRIMARY KEY, mood mood);",
    unsafe="ALTER TYPE mood ADD VALUE 'calm';\nALTER TABLE people ADD COLUMN nickname text;",
    safe="""
ALTER TYPE mood ADD VALUE 'calm';
-- next migration
ALTER TABLE people ADD COLUMN nickname text;
""",
    check=OnActions((act.AddEnumValue,), _find),
)

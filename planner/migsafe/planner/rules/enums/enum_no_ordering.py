"""An enum value added without a place among the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, _: Context) -> Iterator[Hit]:
    match action:
        case act.AddEnumValue(type=name, value=value, neighbour=None):
            yield Hit(str(name), f"'{value}' sorts after all other values of {name}")
        case _:
            pass


RULE = Rule(
    name="enum-no-ordering",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="ORDER BY and < follow the order of the values, and the place of a value cannot be changed later.",
    remedy="Write BEFORE or AFTER another value.",
    before="CREATE TYPE size AS ENUM ('small', 'large');",
    unsafe="ALTER TYPE size ADD VALUE 'medium';",
    safe="ALTER TYPE size ADD VALUE 'medium' AFTER 'small';",
    check=OnActions((act.AddEnumValue,), _find),
)

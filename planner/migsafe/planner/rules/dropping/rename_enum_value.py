"""ALTER TYPE ... RENAME VALUE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.in_use import in_use
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.RenameEnumValue(type=name, value=old, new_value=new) if in_use(context, ObjectKind.TYPE, name):
            yield Hit(str(name), f"the value '{old}' of {name} is called '{new}' from now on")
        case _:
            pass


RULE = Rule(
    name="rename-enum-value",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=40,
    harm=(
        "The running application still sends the old value, which PostgreSQL refuses from now on, and reads the new "
        "one, which it does not know."
    ),
    remedy=(
        "Add the new value, teach the application both, then update the rows in batches and stop sending the old one."
    ),
    before="CREATE TYPE mood AS ENUM ('happy', 'sad');",
    unsafe="ALTER TYPE mood RENAME VALUE 'sad' TO 'gloomy';",
    safe="ALTER TYPE mood ADD VALUE 'gloomy' AFTER 'sad';",
    check=OnActions((act.RenameEnumValue,), _find),
)

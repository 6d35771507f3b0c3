"""An extension in whichever version the server has."""

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
        case act.CreateExtension(name=name, version=None):
            yield Hit(name, f"{name} gets the version that the server happens to offer")
        case act.UpdateExtension(name=name, version=None):
            yield Hit(name, f"{name} goes to the newest version that the server happens to offer")
        case _:
            pass


RULE = Rule(
    name="extension-version",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="The same migrations give two servers two versions of the extension.",
    remedy="Write VERSION '1.3', and raise it in a migration.",
    before="CREATE SCHEMA extensions;",
    unsafe="CREATE EXTENSION pgcrypto WITH SCHEMA extensions;",
    safe="CREATE EXTENSION pgcrypto WITH SCHEMA extensions VERSION '1.3';",
    check=OnActions((act.CreateExtension, act.UpdateExtension), _find),
)

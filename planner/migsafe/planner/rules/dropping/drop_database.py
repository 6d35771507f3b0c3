"""DROP DATABASE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, _context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.DATABASE, name=name):
            yield Hit(str(name), f"the database {name} and everything in it is deleted")
        case _:
            pass


RULE = Rule(
    name="drop-database",
    severity=Severity.ERROR,
    dimension=Dimension.DATA_LOSS,
    points=100,
    harm="A whole database is deleted at once, outside of any transaction: no rollback brings it back.",
    remedy="Keep it out of migrations. Whoever means it types it by hand, after a backup.",
    before="",
    unsafe="DROP DATABASE archive;",
    safe="COMMENT ON SCHEMA public IS 'the database archive is dropped by hand';",
    check=OnActions((act.Drop,), _find),
)

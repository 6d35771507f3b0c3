"""DROP SCHEMA of a schema that was there before."""

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
        case act.Drop(kind=ObjectKind.SCHEMA, name=name, cascade=cascade) if in_use(context, ObjectKind.SCHEMA, name):
            known = sorted(str(each) for each in context.state.tables if each.schema == name.name)
            if not cascade:
                yield Hit(str(name), f"the schema {name} is dropped, which is refused unless it is empty")
            elif known:
                yield Hit(str(name), f"the schema {name} is dropped with everything in it, {_listed(known)} among it")
            else:
                yield Hit(str(name), f"the schema {name} is dropped with everything in it")
        case _:
            pass


_MOST = 5


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


RULE = Rule(
    name="drop-schema",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=80,
    harm="Every table of the schema is deleted with its rows; what the text does not name cannot be reviewed.",
    remedy="Take the rights on the schema away first and wait for a release; then drop what is in it by name.",
    before="CREATE SCHEMA old;",
    unsafe="DROP SCHEMA old CASCADE;",
    safe="REVOKE USAGE ON SCHEMA old FROM PUBLIC;",
    check=OnActions((act.Drop,), _find),
)

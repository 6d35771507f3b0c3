"""DROP SEQUENCE of a sequence that is in use."""

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
        case act.Drop(kind=ObjectKind.SEQUENCE, name=name) if in_use(context, ObjectKind.SEQUENCE, name):
            yield Hit(str(name), f"the sequence {name} is dropped with the number that it had reached")
        case _:
            pass


RULE = Rule(
    name="drop-sequence",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=20,
    harm=(
        "Where it had got to is lost, and a new sequence gives old numbers out again. PostgreSQL knows the defaults "
        "that use it, but not the functions and applications that call nextval with its name."
    ),
    remedy="Search the application and the functions for its name, note its last value, and drop it a release later.",
    before="CREATE SEQUENCE invoice_number;",
    unsafe="DROP SEQUENCE invoice_number;",
    safe="COMMENT ON SEQUENCE invoice_number IS 'unused since 2.4, to be dropped with 2.6';",
    check=OnActions((act.Drop,), _find),
)

"""NOT NULL on a domain, tried on every table that uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.in_use import in_use
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterDomain(name=name, change=change, constraint=made) if in_use(context, ObjectKind.DOMAIN, name):
            added = made is not None and made.kind is ConstraintKind.NOT_NULL
            if change == "set not null" or (change == "add constraint" and added):
                yield Hit(name, f"every column of the domain {name} is searched for NULLs", _safer(name))


def _safer(name: QualifiedName) -> str:
    check = quoted(f"{name.name}_not_null")
    return parted(
        f"ALTER DOMAIN {name} ADD CONSTRAINT {check} CHECK (VALUE IS NOT NULL) NOT VALID;",
        f"ALTER DOMAIN {name} VALIDATE CONSTRAINT {check};",
    )


RULE = Rule(
    name="domain-set-not-null",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=35,
    harm=(
        "Every table with a column of the domain is read in full while writes to all of them wait; a "
        "single NULL makes it fail."
    ),
    remedy=(
        "Leave the domain nullable and set the columns NOT NULL one by one. Or add CHECK (VALUE IS NOT "
        "NULL) NOT VALID, and validate it at a quiet hour."
    ),
    before="CREATE DOMAIN amount AS int;",
    unsafe="ALTER DOMAIN amount SET NOT NULL;",
    safe="""
ALTER DOMAIN amount ADD CONSTRAINT amount_set CHECK (VALUE IS NOT NULL) NOT VALID;
-- next migration
ALTER DOMAIN amount VALIDATE CONSTRAINT amount_set;
""",
    check=OnActions((act.AlterDomain,), _find),
)

"""A CHECK on a domain, tried on every table that uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import Constraint, ConstraintKind
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import this_sql
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
    if not isinstance(action, act.AlterDomain) or action.constraint is None:
        return
    name, made = action.name, action.constraint
    if made.kind is ConstraintKind.CHECK and not made.not_valid and in_use(context, ObjectKind.DOMAIN, name):
        yield Hit(name, f"every column of the domain {name} is checked", _safer(name, made, context))


def _safer(name: QualifiedName, made: Constraint, context: Context) -> str:
    sql = this_sql(context)
    if not sql or made.name is None or "--" in sql:
        return ""
    return parted(f"{sql} NOT VALID;", f"ALTER DOMAIN {name} VALIDATE CONSTRAINT {quoted(made.name)};")


RULE = Rule(
    name="domain-add-constraint",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=35,
    harm=(
        "Every table with a column of the domain is read in full while writes to all of them wait; one "
        "value that fails makes it fail."
    ),
    remedy=(
        "Add it NOT VALID, which takes no lock and checks new values only. VALIDATE it at a quiet hour: "
        "before PostgreSQL 18 that too keeps writes waiting."
    ),
    before="CREATE DOMAIN amount AS int;",
    unsafe="ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (VALUE >= 0);",
    safe="""
ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (VALUE >= 0) NOT VALID;
-- next migration
ALTER DOMAIN amount VALIDATE CONSTRAINT amount_positive;
""",
    check=OnActions((act.AlterDomain,), _find),
)

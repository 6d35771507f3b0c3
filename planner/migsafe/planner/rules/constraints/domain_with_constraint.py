"""A new domain with constraints."""

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
        case act.CreateDomain(name=name, not_null=not_null, constraints=constraints) if not_null or constraints:
            yield Hit(context.state.qualified(name), f"the constraints of {name} hold for every column of it")


RULE = Rule(
    name="domain-with-constraint",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=2,
    harm=(
        "To change a constraint of a domain later, every table that uses it is read while writes wait, "
        "and adding a column of it writes the table anew."
    ),
    remedy="Put the CHECK on the tables, where it can be added NOT VALID and validated one table at a time.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="CREATE DOMAIN amount AS int CHECK (VALUE >= 0);",
    safe="CREATE DOMAIN amount AS int;",
    check=OnActions((act.CreateDomain,), _find),
)

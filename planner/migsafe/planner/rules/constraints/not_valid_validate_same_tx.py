"""A constraint added NOT VALID and validated in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import only_act, this_sql
from migsafe.planner.rules.remedies.safer import PARTING
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.ValidateConstraint(table=table, name=name) if context.live(table):
            added = (
                made.constraint.name
                for made in context.earlier()
                if isinstance(made, act.AddConstraint) and _same(context, made.table, table)
            )
            if name in added:
                sql = this_sql(context)
                safer = f"{PARTING}\n{sql};" if sql and only_act(context) else ""
                yield Hit(table, f"{name} is validated under the lock that adding it took on {table}", safer)


def _same(context: Context, one: QualifiedName, two: QualifiedName) -> bool:
    return context.state.qualified(one) == context.state.qualified(two)


RULE = Rule(
    name="not-valid-validate-same-tx",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm=("The rows are read while the stronger lock of adding the constraint is held: nothing is won by NOT VALID."),
    remedy="Validate in a migration of its own.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int);",
    unsafe="""
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT positive;
""",
    safe="""
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT positive;
""",
    check=OnActions((act.ValidateConstraint,), _find),
)

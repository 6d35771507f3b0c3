"""A new column of a domain with constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.effects.columns import rewrite_reason
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddColumn(table=table, column=column) if column.type is not None and context.live(table):
            known = context.state.type_of(column.type)
            if known is not None and known.kind == "domain" and known.constrained and not rewrite_reason(column):
                detail = (
                    f"the constraints of the domain {column.type} are tried on {column.name} of every row of {table}"
                )
                yield Hit(table, detail)


RULE = Rule(
    name="add-column-constrained-domain",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=45,
    scaled=True,
    harm=(
        "The whole table and all its indexes are written anew while reads and writes wait, although the "
        "column is empty."
    ),
    remedy=(
        "Give the column the domain's base type, and the table a CHECK that is added NOT VALID and validated later."
    ),
    before="CREATE DOMAIN amount AS int CHECK (VALUE > 0); CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders ADD COLUMN total amount;",
    safe="""
ALTER TABLE orders ADD COLUMN total int;
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total > 0) NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
""",
    check=OnActions((act.AddColumn,), _find),
)

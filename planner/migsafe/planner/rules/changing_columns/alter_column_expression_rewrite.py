"""Another expression for a generated column that is stored."""

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
        case act.SetGeneratedExpression(table=table, column=column) if context.live(table):
            known = context.state.column(table, column)
            if known is None or known.generated != "virtual":
                yield Hit(table, f"{table}.{column} is computed anew for every row")


RULE = Rule(
    name="alter-column-expression-rewrite",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=50,
    scaled=True,
    harm="The whole table and all its indexes are written anew while reads and writes wait.",
    remedy=(
        "Add a plain column, keep it up to date by a trigger, and fill the old rows in batches. On "
        "PostgreSQL 18 a VIRTUAL column is free."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY, net int, total int GENERATED ALWAYS AS (net * 2) STORED);",
    unsafe="ALTER TABLE orders ALTER COLUMN total SET EXPRESSION AS (net * 3);",
    safe="ALTER TABLE orders ADD COLUMN new_total int;",
    check=OnActions((act.SetGeneratedExpression,), _find),
    since=17,
)

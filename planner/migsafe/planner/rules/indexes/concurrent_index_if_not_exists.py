"""CREATE INDEX CONCURRENTLY IF NOT EXISTS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.remedies.safer import alone, concurrently, parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(concurrently=True, if_not_exists=True, name=name, table=table) if context.live(table):
            plain, there = concurrently(_WITH.sub("", this_sql(context))), action.qualified
            full = context.state.qualified(table)
            known = context.state.indexes.get(QualifiedName(name or "", full.schema))
            if known is not None and not known.valid and there is not None:
                safer = parted(f"DROP INDEX CONCURRENTLY {there};", plain)
                yield Hit(table, f"the index {name} on {table} is there and invalid, and stays so", safer)
            else:
                told = f"a broken index {name} on {table} would be taken for the finished one"
                yield Hit(table, told, alone(context, plain))
        case _:
            pass


_WITH = re.compile(r"\s+CONCURRENTLY(?=\s+IF\s+NOT\s+EXISTS\b)", re.IGNORECASE)

RULE = Rule(
    name="concurrent-index-if-not-exists",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=15,
    harm=(
        "A build that broke off leaves an invalid index behind; IF NOT EXISTS finds its name, does nothing and reports "
        "success."
    ),
    remedy="Leave IF NOT EXISTS out: migsafe looks whether the index is there and valid before it builds it.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);",
    unsafe="CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_user_id_idx ON orders (user_id);",
    safe="CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);",
    check=OnActions((act.CreateIndex,), _find),
)

"""CREATE INDEX CONCURRENTLY without a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.remedies.safer import LONGEST_NAME
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(name=None, concurrently=True, table=table) if context.live(table):
            name = "_".join([table.name, *(column.name or "expr" for column in action.columns), "idx"])
            named = _SPOT.sub(rf"\1 {quoted(name)} ON", this_sql(context), count=1) + ";"
            fits = len(name.encode()) <= LONGEST_NAME and _SPOT.match(this_sql(context))
            yield Hit(table, f"PostgreSQL chooses the name of the index on {table}", named if fits else "")
        case _:
            pass


_SPOT = re.compile(r"\A(CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY)\s+ON\b", re.IGNORECASE)

RULE = Rule(
    name="index-no-name",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=5,
    harm=(
        "A build that breaks off leaves an invalid index behind. The next attempt does not find it by its name: it "
        "builds a second index with a number at its end, and the broken one goes on slowing every write."
    ),
    remedy="Name the index.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);",
    unsafe="CREATE INDEX CONCURRENTLY ON orders (user_id);",
    safe="CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);",
    check=OnActions((act.CreateIndex,), _find),
)

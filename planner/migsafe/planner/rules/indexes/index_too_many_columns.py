"""An index that is not unique and has more than three columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, _context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(unique=False, method="btree", table=table, columns=columns) if len(columns) > _MOST:
            yield Hit(table, f"the index {action.name or ''} of {table} has {len(columns)} columns".replace("  ", " "))
        case _:
            pass


_MOST = 3

RULE = Rule(
    name="index-too-many-columns",
    severity=Severity.OFF,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm=(
        "Wide indexes are large and slow writes down, and queries seldom gain from the columns after the third: the "
        "first ones leave few rows."
    ),
    remedy="Keep the columns that leave the fewest rows; put those that are only read into INCLUDE.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, state text, city text, day date);",
    unsafe="CREATE INDEX CONCURRENTLY orders_wide_idx ON orders (user_id, state, city, day);",
    safe="CREATE INDEX CONCURRENTLY orders_user_id_state_idx ON orders (user_id, state);",
    check=OnActions((act.CreateIndex,), _find),
)

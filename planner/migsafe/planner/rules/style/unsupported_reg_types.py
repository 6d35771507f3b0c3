"""A column that pg_upgrade refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.written_columns import COLUMNS, written
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.rules.context import Context

# pg_upgrade's check.c, check_for_reg_data_type_usage: regclass, regrole and regtype are kept.
_REFUSED = frozenset(
    "regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure".split()
)


def _find(action: act.Action, _: Context) -> Iterator[Hit]:
    for table, column, kind in written(action):
        if kind.schema is None and kind.name in _REFUSED:
            yield Hit(table, f"{table}.{column} is {kind}")


RULE = Rule(
    name="unsupported-reg-types",
    severity=Severity.OFF,
    dimension=Dimension.FAILURE,
    points=1,
    harm="pg_upgrade refuses a database with such a column, because the numbers in it change with the major version.",
    remedy="Keep the name as text, and cast it where it is used.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders ADD COLUMN handler regproc;",
    safe="ALTER TABLE orders ADD COLUMN handler text;",
    check=OnActions(COLUMNS, _find),
)

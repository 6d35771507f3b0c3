"""DROP COLUMN of a table that is in use."""

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
        case act.DropColumn(table=table, column=column) if context.live(table):
            known = context.state.column(table, column)
            if known is not None and known.generated:
                yield Hit(table, f"the generated column {table}.{column} is dropped; its values follow from the others")
            else:
                yield Hit(table, f"the column {table}.{column} is dropped with all its values")
        case _:
            pass


RULE = Rule(
    name="drop-column",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=50,
    harm="Its values are gone for good, its indexes and constraints with it, and code that still names it fails.",
    remedy=(
        "Stop reading and writing the column in one release and drop it in a later one, after a backup. Libraries that "
        "keep a list of columns must be told to leave it out first."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY, fax text);",
    unsafe="ALTER TABLE users DROP COLUMN fax;",
    safe="COMMENT ON COLUMN users.fax IS 'unused since 2.4, to be dropped with 2.6';",
    check=OnActions((act.DropColumn,), _find),
)

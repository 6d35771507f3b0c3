"""A new NOT NULL column whose default goes as soon as it has filled the old rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import before, fellows
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.DropDefault(table=table, column=column) if context.live(table):
            actions = (*before(context), *fellows(context))
            if any(_added(made, context.state.qualified(table), column, context) for made in actions):
                yield Hit(table, f"{table}.{column} is new and NOT NULL, and loses its default at once")


def _added(action: act.Action, table: QualifiedName, name: str, context: Context) -> bool:
    match action:
        case act.AddColumn(table=changed, column=column) if column.name == name:
            required = column.not_null and column.default is not None
            return required and context.state.qualified(changed) == table
        case _:
            return False


RULE = Rule(
    name="add-column-default-dropped-after",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=30,
    harm=("The running application does not know the column: each of its inserts fails, because nothing fills it."),
    remedy="Keep the default until no old code runs any more, and drop it in a later deployment.",
    before="CREATE TABLE users (id bigint PRIMARY KEY);",
    unsafe="""
ALTER TABLE users ADD COLUMN country text NOT NULL DEFAULT 'unknown';
ALTER TABLE users ALTER COLUMN country DROP DEFAULT;
""",
    safe="ALTER TABLE users ADD COLUMN country text NOT NULL DEFAULT 'unknown';",
    check=OnActions((act.DropDefault,), _find),
)

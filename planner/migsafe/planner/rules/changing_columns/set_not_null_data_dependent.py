"""SET NOT NULL on a column that the same migration adds and never fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.effects.columns import fills_itself
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
        case act.SetNotNull(table=table, column=column) if context.live(table):
            added = filled = False
            for earlier in (*before(context), *fellows(context)):
                match earlier:
                    case act.AddColumn(table=other, column=new) if _same(other, table, context):
                        added |= new.name == column and not fills_itself(new)
                    case act.Update(table=other) | act.Delete(table=other) | act.Merge(table=other):
                        filled |= _same(other, table, context)
                    case act.DoBlock() | act.CallProcedure() | act.Select() | act.Truncate():
                        filled = True
                    case _:
                        pass
            if added and not filled:
                yield Hit(table, f"{table}.{column} is new and NULL in every row that is there")


def _same(one: QualifiedName, two: QualifiedName, context: Context) -> bool:
    return context.state.qualified(one) == context.state.qualified(two)


RULE = Rule(
    name="set-not-null-data-dependent",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=60,
    harm="The column is NULL in every row that is there: the migration fails as soon as the table has one.",
    remedy="Give the column a constant default when it is added, or fill it in batches before.",
    before="CREATE TABLE users (id bigint PRIMARY KEY);",
    unsafe="""
ALTER TABLE users ADD COLUMN country text;
ALTER TABLE users ALTER COLUMN country SET NOT NULL;
""",
    safe="ALTER TABLE users ADD COLUMN country text NOT NULL DEFAULT 'unknown';",
    check=OnActions((act.SetNotNull,), _find),
)

"""DROP DEFAULT on a NOT NULL column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import after, before, fellows
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
            known = context.state.column(table, column)
            if known is None or not known.not_null or known.default is None or known.generated:
                return
            if not _settled(table, column, context):
                yield Hit(table, f"inserts that leave out {table}.{column} fail from now on")


def _settled(table: QualifiedName, column: str, context: Context) -> bool:
    """Whether the column is new in this migration, or something fills it again before the migration ends."""
    full = context.state.qualified(table)
    for each in (*before(context), *fellows(context), *after(context)):
        match each:
            case act.AddColumn(table=other, column=new) if new.name == column:
                pass
            case act.SetDefault(table=other, column=name) | act.AddIdentity(table=other, column=name) if name == column:
                pass
            case act.DropNotNull(table=other, column=name) | act.DropColumn(table=other, column=name) if name == column:
                pass
            case _:
                continue
        if context.state.qualified(other) == full:
            return True
    return False


RULE = Rule(
    name="drop-default-of-required-column",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=25,
    harm="The running application may leave the column to its default: each such insert fails from then on.",
    remedy="Deploy code that always gives the value first, and drop the default when no older code runs.",
    before="CREATE TABLE users (id bigint PRIMARY KEY, country text NOT NULL DEFAULT 'unknown');",
    unsafe="ALTER TABLE users ALTER COLUMN country DROP DEFAULT;",
    safe="COMMENT ON COLUMN users.country IS 'the default goes when 2.4 runs nowhere any more';",
    check=OnActions((act.DropDefault,), _find),
)

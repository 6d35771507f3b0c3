"""DROP COLUMN that takes constraints and indexes of several columns, or a foreign key, with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.around import only_act
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.DropColumn(table=table, column=column) if context.live(table):
            keys = _keys(table, column, context)
            if losses := [*keys, *_shared(table, column, context)]:
                cuts = [f"ALTER TABLE {table} DROP CONSTRAINT {quoted(key)};" for key in keys.values()]
                whole = f"ALTER TABLE {table} DROP COLUMN {quoted(column)};"
                safer = parted(*cuts, whole) if cuts and only_act(context) else ""
                yield Hit(table, f"{' and '.join(losses)} {'go' if len(losses) > 1 else 'goes'} with {column}", safer)
        case _:
            pass


def _keys(table: QualifiedName, column: str, context: Context) -> dict[str, str]:
    """Foreign keys of the column to other tables in use: what is said of each, and its name."""
    known = context.state.table(table)
    return {
        f"the foreign key {name} (which locks {each.referenced} too)": name
        for name, each in (known.constraints.items() if known is not None else ())
        if each.referenced is not None
        and column in each.columns
        and each.referenced != context.state.qualified(table)
        and context.live(each.referenced)
    }


def _shared(table: QualifiedName, column: str, context: Context) -> Iterator[str]:
    """Indexes and constraints that other columns have a part in."""
    for index_name, index in context.state.indexes_of(table).items():
        if column in index.columns and len(index.columns) > 1:
            what = f"the constraint {index.constraint}" if index.constraint else f"the index {index_name.name}"
            yield f"{what} of {', '.join(each or 'an expression' for each in index.columns)}"
    known = context.state.table(table)
    for name, each in known.constraints.items() if known is not None else ():
        if each.kind is ConstraintKind.CHECK and column in each.columns and len(set(each.columns)) > 1:
            yield f"the check {name}"


RULE = Rule(
    name="drop-column-with-constraints",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=10,
    harm=(
        "What other columns rely on vanishes unnamed: queries lose an index, the data a guarantee. A foreign key that "
        "goes with the column locks the table that it refers to as well."
    ),
    remedy=(
        "Drop foreign keys and constraints by name first, each in a migration of its own, and build the index without "
        "the column before it goes."
    ),
    before="""
CREATE TABLE visits (id bigint PRIMARY KEY, page_id bigint, referrer text);
CREATE INDEX visits_referrer_page_id_idx ON visits (referrer, page_id);
""",
    unsafe="ALTER TABLE visits DROP COLUMN referrer;",
    safe="CREATE INDEX CONCURRENTLY visits_page_id_idx ON visits (page_id);",
    check=OnActions((act.DropColumn,), _find),
)

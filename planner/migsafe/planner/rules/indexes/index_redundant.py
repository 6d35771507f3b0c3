"""CREATE INDEX on what another index of the table already begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import after
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.planner.schema_state import IndexState


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(table=table, method="btree", where=None) if _plain(action):
            columns = tuple(column.name for column in action.columns)
            drops = (each for each in after(context) if isinstance(each, act.Drop))
            going = {context.state.qualified(each.name) for each in drops if each.kind is ObjectKind.INDEX}
            for name, index in context.state.indexes_of(table).items():
                if name not in going and name.name != action.name and _covers(index, columns, action):
                    same = "has the same columns" if index.columns == columns else "begins with the same columns"
                    yield Hit(table, f"{name.name} of {table} {same} ({', '.join(map(str, columns))})")
                    return
        case _:
            pass


def _plain(index: act.CreateIndex) -> bool:
    """Columns alone, in their usual order: of anything else it is not known whether the other has it too."""
    usual = (
        column.name is not None
        and column.operator_class is None
        and column.collation is None
        and not column.descending
        and not column.nulls
        for column in index.columns
    )
    return not index.include and not index.only and all(usual)


def _covers(index: IndexState, columns: tuple[str | None, ...], made: act.CreateIndex) -> bool:
    """Whether every query that the new index serves is served by the known one."""
    if index.method != "btree" or index.predicate is not None or not index.valid:
        return False
    if made.unique:
        return index.unique and index.columns == columns
    return bool(index.columns) and index.columns[: len(columns)] == columns


RULE = Rule(
    name="index-redundant",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm="The other index serves the same queries; a second one only costs disk space and slows every write.",
    remedy="Leave it out, or drop the other one if this one is to take its place.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, state text);
CREATE INDEX orders_user_id_state_idx ON orders (user_id, state);
""",
    unsafe="CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);",
    safe="CREATE INDEX CONCURRENTLY orders_state_idx ON orders (state);",
    check=OnActions((act.CreateIndex,), _find),
)

"""DROP INDEX of an index that queries of the target use."""

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
    from migsafe.planner.state_objects import IndexState
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.INDEX, name=name):
            full = context.state.qualified(name)
            live, known = context.surroundings.live, context.state.indexes.get(full)
            used = live.index(str(full)) if live is not None else None
            if used is not None and used.scans and known is not None and not _replaced(full, known, context):
                rate = f", {used.scan_rate:,.1f} in a second" if used.scan_rate >= _OFTEN else ""
                yield Hit(known.table, f"queries scanned {name} {used.scans:,} times since the statistics began{rate}")
        case _:
            pass


_OFTEN = 0.1
"""Scans in a second that are worth a number."""


def _replaced(name: QualifiedName, gone: IndexState, context: Context) -> bool:
    """Whether another index serves the same queries, or one of the same name is built anew in the migration."""
    made = (each.qualified for each in after(context) if isinstance(each, act.CreateIndex))
    if name in {context.state.qualified(each) for each in made if each is not None}:
        return True
    return any(
        other.valid and other.method == gone.method and other.columns[: len(gone.columns)] == gone.columns
        for known, other in context.state.indexes_of(gone.table).items()
        if known != name and other.predicate is None
    )


RULE = Rule(
    name="drop-index-in-use",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=20,
    scaled=True,
    harm="Queries that used the index read the whole table from then on, each of them, until it is built again.",
    remedy=(
        "Build the index that is to take its place first, CONCURRENTLY, and see in pg_stat_user_indexes that queries "
        "have moved to it; then drop this one."
    ),
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, state text);
CREATE INDEX orders_user_id_idx ON orders (user_id);
CREATE INDEX orders_state_idx ON orders (state);
""",
    unsafe="DROP INDEX CONCURRENTLY orders_user_id_idx;",
    safe="DROP INDEX CONCURRENTLY orders_state_idx;",
    check=OnActions((act.Drop,), _find),
)

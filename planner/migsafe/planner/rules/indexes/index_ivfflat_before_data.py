"""An ivfflat index of vectors on a table without rows."""

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
        case act.CreateIndex(method="ivfflat", table=table):
            known = context.state.table(table)
            if known is not None and known.created and not known.filled:
                yield Hit(table, f"the index {action.name or 'made'} is built while {table} is empty")
        case _:
            pass


RULE = Rule(
    name="index-ivfflat-before-data",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm=(
        "ivfflat learns its lists from the rows that are there when it is built. Built on an empty table it sorts all "
        "later rows badly, and searches miss the nearest ones."
    ),
    remedy="Fill the table first and build the index then, or use hnsw, which needs no rows to begin with.",
    before="CREATE EXTENSION vector;",
    unsafe="""
CREATE TABLE pages (id bigint PRIMARY KEY, embedding vector(3));
CREATE INDEX pages_embedding_idx ON pages USING ivfflat (embedding vector_l2_ops);
""",
    safe="""
CREATE TABLE pages (id bigint PRIMARY KEY, embedding vector(3));
CREATE INDEX pages_embedding_idx ON pages USING hnsw (embedding vector_l2_ops);
""",
    check=OnActions((act.CreateIndex,), _find),
)

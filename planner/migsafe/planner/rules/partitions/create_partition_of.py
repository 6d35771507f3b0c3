"""CREATE TABLE ... PARTITION OF a table that is in use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateTable(partition_of=QualifiedName() as parent, name=table) if context.live(parent):
            if not (action.if_not_exists and context.state.exists(table)):
                yield Hit(parent, f"{parent} is locked to make its partition {table}", _safer(action, context))
        case _:
            pass


def _safer(made: act.CreateTable, context: Context) -> str:
    plain = not (made.columns or made.constraints or made.partitioned_by or made.options or made.tablespace)
    bound = _BOUND.search(this_sql(context))
    if not plain or bound is None or made.temporary or made.unlogged:
        return ""
    return (
        f"CREATE TABLE {made.name} (LIKE {made.partition_of} INCLUDING ALL EXCLUDING IDENTITY);\n"
        f"ALTER TABLE {made.partition_of} ATTACH PARTITION {made.name} {bound.group()};"
    )


_BOUND = re.compile(r"\b(FOR\s+VALUES\b.*|DEFAULT)\s*\Z", re.IGNORECASE | re.DOTALL)

RULE = Rule(
    name="create-partition-of",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=10,
    harm=(
        "It takes ACCESS EXCLUSIVE on the partitioned table (and on its DEFAULT partition): behind one long query "
        "that it waits for, all reads and writes of every partition wait too."
    ),
    remedy=("Make the table by itself and ATTACH it, which lets reads and writes of the partitioned table go on."),
    before="CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);",
    unsafe="CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
    safe="""
CREATE TABLE events_2026 (LIKE events INCLUDING ALL EXCLUDING IDENTITY);
ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
""",
    check=OnActions((act.CreateTable,), _find),
)

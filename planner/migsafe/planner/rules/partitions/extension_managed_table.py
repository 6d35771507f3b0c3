"""Partitions made or taken away by hand where an extension looks after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.deeds import Deed, deeds
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName, parsed
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _find(migrations: tuple[Judged, ...], _state: SchemaState, _context: Context) -> Iterator[tuple[Statement, Hit]]:
    managers: dict[QualifiedName, str] = {}
    kinds = (act.Select, act.CreateTable, act.AttachPartition, act.DetachPartition, act.CreateIndex)
    for deed in deeds(migrations, *kinds):
        match deed.action:
            case act.Select(calls=calls):
                found = ((_MANAGERS.get(call.function.name), call.arguments) for call in calls)
                managers |= {deed.full(parsed(given[0])): by for by, given in found if by and given and given[0]}
            case action:
                table, deed_in_words = _deed(action, managers, deed)
                if table is not None and (by := managers.get(deed.full(table))):
                    yield deed.statement, Hit(table, f"{deed_in_words}, which {by} looks after")


_MANAGERS = {"create_hypertable": "TimescaleDB", "create_parent": "pg_partman", "create_distributed_table": "Citus"}


def _deed(action: act.Action, managers: dict[QualifiedName, str], deed: Deed) -> tuple[QualifiedName | None, str]:
    """The table that the action touches in a way that its manager does not expect, and how."""
    match action:
        case act.CreateTable(partition_of=QualifiedName() as parent, name=name):
            return parent, f"{name} is made a partition of {parent}"
        case act.AttachPartition(parent=parent, partition=partition, index=False):
            return parent, f"{partition} is made a partition of {parent}"
        case act.DetachPartition(parent=parent, partition=partition):
            return parent, f"{partition} is taken out of {parent}"
        case act.CreateIndex(concurrently=True, table=table) if managers.get(deed.full(table)) == "TimescaleDB":
            return table, f"CONCURRENTLY is refused for an index of {table}"
        case _:
            return None, ""


RULE = Rule(
    name="extension-managed-table",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=10,
    harm=(
        "The extension keeps lists of its own of the table's parts. What is done past it is missing there: its "
        "maintenance skips it, fails over it, or undoes it."
    ),
    remedy="Use the extension's own functions (create_hypertable, run_maintenance, undistribute_table and their kin).",
    before="""
CREATE SCHEMA partman;
CREATE FUNCTION partman.create_parent(parent text, control text, part text) RETURNS void LANGUAGE sql AS '';
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
SELECT partman.create_parent('public.events', 'day', '1 month');
""",
    unsafe="""
CREATE TABLE events_2026 (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
""",
    safe="COMMENT ON TABLE events IS 'its partitions are made by pg_partman';",
    check=OnSet(_find),
)

"""autovacuum_enabled = false on a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.indexes import OFF
from migsafe.planner.rules.clues.around import after
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.SetStorageParameters(relation=table, parameters=parameters, reset=False):
            off = dict(parameters).get("autovacuum_enabled", "on").lower() in OFF
            if off and not _on_again(table, context):
                yield Hit(table, f"autovacuum leaves {table} alone from now on")
        case act.CreateTable(name=table, options=options, temporary=False):
            if dict(options).get("autovacuum_enabled", "on").lower() in OFF and not _on_again(table, context):
                yield Hit(table, f"autovacuum leaves {table} alone")
        case _:
            pass


def _on_again(table: QualifiedName, context: Context) -> bool:
    full = context.state.qualified(table)
    found = (each for each in after(context) if isinstance(each, act.SetStorageParameters))
    return any(
        context.state.qualified(each.relation) == full and "autovacuum_enabled" in dict(each.parameters)
        for each in found
    )


RULE = Rule(
    name="autovacuum-off",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=20,
    harm=(
        "Dead rows are never cleaned and statistics grow old: the table swells, its queries slow down, and in the end "
        "the server vacuums it at the worst time, to keep its transaction numbers from running out."
    ),
    remedy=(
        "Leave it on and tune it for the table (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay); if it "
        "must be off for a load, reset it in the same migration."
    ),
    before="CREATE TABLE events (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE events SET (autovacuum_enabled = false);",
    safe="ALTER TABLE events SET (autovacuum_vacuum_scale_factor = 0.02);",
    check=OnActions((act.SetStorageParameters, act.CreateTable), _find),
)

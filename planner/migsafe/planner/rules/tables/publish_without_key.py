"""A table without a primary key that is put into a publication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreatePublication(name=name, tables=tables, options=options) if _updates(options):
            pass
        case act.AlterPublication(name=name, change="add" | "set", tables=tables):
            pass
        case _:
            return
    for table in tables:
        if _keyless(table, context):
            safer = f"ALTER TABLE {table} REPLICA IDENTITY FULL;\n{this_sql(context)};"
            yield Hit(table, f"{table} has no primary key, and {name} publishes its UPDATEs and DELETEs", safer)


def _updates(options: tuple[tuple[str, str], ...]) -> bool:
    published = dict(options).get("publish", "update")
    return "update" in published or "delete" in published


def _keyless(table: QualifiedName, context: Context) -> bool:
    """Whether the whole table is known, and nothing that tells its rows apart."""
    known = context.state.table(table)
    if known is None or not known.columns or known.replica_identity != "default" or "table" not in known.kind:
        return False
    if known.inherits or known.partition_of is not None or any(each.type is None for each in known.columns.values()):
        return False
    if any(each.kind is ConstraintKind.PRIMARY_KEY for each in known.constraints.values()):
        return False
    later = (each.table for each in context.later() if isinstance(each, act.SetReplicaIdentity | act.AddConstraint))
    return context.state.qualified(table) not in {context.state.qualified(each) for each in later}


RULE = Rule(
    name="publish-without-key",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=50,
    harm=(
        "PostgreSQL publishes an UPDATE or DELETE only if it can tell which row it was. Without a primary key or "
        "another replica identity it refuses every UPDATE and DELETE of the table from now on."
    ),
    remedy="Give the table a primary key or a replica identity first, or publish only its inserts.",
    before="CREATE TABLE visits (page text, at timestamptz);",
    unsafe="CREATE PUBLICATION feed FOR TABLE visits;",
    safe="CREATE PUBLICATION feed FOR TABLE visits WITH (publish = 'insert');",
    check=OnActions((act.CreatePublication, act.AlterPublication), _find),
)

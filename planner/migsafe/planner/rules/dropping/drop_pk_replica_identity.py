"""The primary key of a published table goes, and nothing else tells its rows apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.around import fellows
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.planner.schema_state import ConstraintState
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.DropConstraint(table=table, name=name) if _is_key(context.state.constraint(table, name)):
            gone = name
        case act.DropColumn(table=table, column=column):
            known = context.state.table(table)
            keys = known.constraints.items() if known is not None else ()
            gone = next((name for name, each in keys if _is_key(each) and column in each.columns), "")
        case _:
            return
    known = context.state.table(table)
    if gone and known is not None and known.replica_identity == "default" and not _replaced(table, context):
        for publication in _publishing(table, context):
            yield Hit(table, f"{table}, of the publication {publication}, is left without its primary key {gone}")


def _is_key(constraint: ConstraintState | None) -> bool:
    return constraint is not None and constraint.kind is ConstraintKind.PRIMARY_KEY


def _publishing(table: QualifiedName, context: Context) -> Iterator[str]:
    full = context.state.qualified(table)
    for name, publication in context.state.publications.items():
        if publication.all_tables or full in publication.tables:
            yield name


def _replaced(table: QualifiedName, context: Context) -> bool:
    """Whether the same transaction gives the table another key or identity."""
    full = context.state.qualified(table)
    for action in (*fellows(context), *context.later()):
        match action:
            case act.SetReplicaIdentity(table=other) if context.state.qualified(other) == full:
                return True
            case act.AddConstraint(table=other, constraint=made) if context.state.qualified(other) == full:
                if made.kind is ConstraintKind.PRIMARY_KEY:
                    return True
            case _:
                pass
    return False


RULE = Rule(
    name="drop-pk-replica-identity",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=60,
    harm=(
        "The table is published, and its rows are told apart by the primary key: without it every UPDATE and DELETE "
        "of the table is refused."
    ),
    remedy="Give the table another replica identity first: a unique index of NOT NULL columns, or FULL.",
    before="""
CREATE TABLE orders (id bigint CONSTRAINT orders_pkey PRIMARY KEY, number bigint NOT NULL);
CREATE UNIQUE INDEX orders_number_key ON orders (number);
CREATE PUBLICATION feed FOR TABLE orders;
""",
    unsafe="ALTER TABLE orders DROP CONSTRAINT orders_pkey;",
    safe="""
ALTER TABLE orders
  DROP CONSTRAINT orders_pkey,
  ADD CONSTRAINT orders_number_key PRIMARY KEY USING INDEX orders_number_key;
""",
    check=OnActions((act.DropConstraint, act.DropColumn), _find),
)

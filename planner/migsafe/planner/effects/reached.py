"""The relations that a statement reaches beside its own: referenced tables, parents, partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.effects import columns
from migsafe.planner.effects import table as facts
from migsafe.schemas.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.planner.actions import Action
    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.effects.table import Fact
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName

Part: TypeAlias = "tuple[QualifiedName, Fact]"
"""A relation and the row of the lock table that holds for it."""


def referenced_by(state: SchemaState, table: QualifiedName, constraint: str) -> QualifiedName | None:
    """The table that a foreign key refers to, where it is known."""
    known = state.constraint(table, constraint)
    return known.referenced if known is not None else None


def constraint_added(constraint: Constraint) -> Fact:
    """ADD CONSTRAINT on its own table."""
    match constraint.kind:
        case ConstraintKind.FOREIGN_KEY:
            return facts.ADD_FOREIGN_KEY_NOT_VALID if constraint.not_valid else facts.ADD_FOREIGN_KEY
        case ConstraintKind.CHECK | ConstraintKind.NOT_NULL:
            quick = constraint.not_valid or not constraint.enforced
            return facts.ADD_CHECK_NOT_VALID if quick else facts.ADD_CHECK
        case ConstraintKind.UNIQUE | ConstraintKind.PRIMARY_KEY:
            return facts.ADD_KEY_USING_INDEX if constraint.using_index else facts.ADD_KEY
        case ConstraintKind.EXCLUDE:
            return facts.ADD_EXCLUSION


def table_created(action: act.CreateTable) -> Fact:
    """CREATE TABLE of its form."""
    if action.partition_of is not None:
        return facts.CREATE_PARTITION
    return facts.CREATE_CHILD if action.inherits else facts.CREATE_TABLE


def others(action: Action, state: SchemaState) -> Iterable[Part]:  # noqa: PLR0911 - one short case for each action
    """The other relations: referenced tables, parents, partitions, sources of a query."""
    match action:
        case act.AddConstraint(constraint=constraint):
            return _referenced([constraint], constraint_added(constraint))
        case act.AddColumn(column=column):
            fact = columns.added(column)
            reached = fact if fact.other is not Lock.NONE else facts.ADD_COLUMN_REFERENCES
            return _referenced(column.constraints, reached)
        case act.CreateTable():
            parents = [
                (name, table_created(action)) for name in (action.partition_of, *action.inherits) if name is not None
            ]
            return [*parents, *_referenced(action.all_constraints, facts.CREATE_TABLE)]
        case act.DropConstraint(table=table, name=name) | act.ValidateConstraint(table=table, name=name):
            referenced = referenced_by(state, table, name)
            fact = facts.DROP_CONSTRAINT if isinstance(action, act.DropConstraint) else facts.VALIDATE_FOREIGN_KEY
            return [(referenced, fact)] if referenced is not None else []
        case act.DropColumn(table=table, column=dropped):
            return _cut(state, table, dropped)
        case act.Drop(kind=ObjectKind.TABLE, name=name):
            return [(referenced, facts.DROP_TABLE) for referenced in state.references(name)]
        case act.AttachPartition(partition=partition, index=False):
            return [(partition, facts.ATTACH_PARTITION)]
        case act.DetachPartition(partition=partition):
            return [(partition, facts.DETACH_PARTITION)]
        case act.Inherit(parent=parent, inherit=inherit):
            return [(parent, facts.INHERIT)] if inherit else []
        case _:
            return []


def _referenced(constraints: Iterable[Constraint], fact: Fact) -> list[Part]:
    return [(made.referenced, fact) for made in constraints if made.referenced is not None]


def _cut(state: SchemaState, table: QualifiedName, column: str) -> list[Part]:
    known = state.table(table)
    found = known.constraints.values() if known is not None else ()
    return [(each.referenced, facts.DROP_COLUMN) for each in found if each.referenced and column in each.columns]

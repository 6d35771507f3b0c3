"""What adding, dropping and validating constraints does, also to the tables at the other end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.effects import table as facts
from migsafe.planner.effects.part import Part, beside, everywhere, in_partitions, own
from migsafe.planner.schema_state import dependents
from migsafe.schemas.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import AddConstraint, AlterConstraint, DropConstraint, ValidateConstraint
    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.effects.table import Fact
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName

_KEYS = frozenset({ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE, ConstraintKind.EXCLUDE})
_ROWS = frozenset({ConstraintKind.CHECK, ConstraintKind.NOT_NULL})


def constraint_added(table: QualifiedName, constraint: Constraint, state: SchemaState) -> Fact:
    """ADD CONSTRAINT on its own table."""
    quick = constraint.not_valid or not constraint.enforced
    match constraint.kind:
        case ConstraintKind.FOREIGN_KEY:
            return facts.ADD_FOREIGN_KEY_NOT_VALID if quick else facts.ADD_FOREIGN_KEY
        case ConstraintKind.CHECK:
            return facts.ADD_CHECK_NOT_VALID if quick else facts.ADD_CHECK
        case ConstraintKind.NOT_NULL:
            proven = all(state.proven_not_null(table, column) for column in constraint.columns)
            return facts.ADD_CHECK_NOT_VALID if quick or proven else facts.ADD_CHECK
        case ConstraintKind.UNIQUE:
            return facts.ADD_KEY_USING_INDEX if constraint.using_index else facts.ADD_KEY
        case ConstraintKind.PRIMARY_KEY:
            return _primary_key(table, constraint, state)
        case ConstraintKind.EXCLUDE:
            return facts.ADD_EXCLUSION


def _primary_key(table: QualifiedName, constraint: Constraint, state: SchemaState) -> Fact:
    """USING INDEX reads the rows all the same where a column of the index may still hold NULL."""
    if constraint.using_index is None:
        return facts.ADD_KEY
    full = state.qualified(table)
    index = state.indexes_of(full).get(type(full)(constraint.using_index, full.schema))
    columns = index.columns if index is not None else ()
    proven = bool(columns) and all(each is not None and state.proven_not_null(table, each) for each in columns)
    return facts.ADD_KEY_USING_INDEX if proven else facts.ADD_PRIMARY_KEY_USING_NULLABLE


def add(action: AddConstraint, state: SchemaState) -> Iterator[Part]:
    """ADD CONSTRAINT on its table, on those below it, and on the referenced table with its partitions."""
    table, constraint = action.table, action.constraint
    fact = constraint_added(table, constraint, state)
    part = own(table, fact)
    if action.only or constraint.no_inherit:
        yield part
    elif constraint.kind in _KEYS:
        yield from _key(state, part)
    elif constraint.kind is ConstraintKind.FOREIGN_KEY:
        yield from in_partitions(state, part)
    else:
        yield from everywhere(state, part)
    if constraint.referenced is not None:
        yield from in_partitions(state, beside(constraint.referenced, fact))


def _key(state: SchemaState, part: Part) -> Iterator[Part]:
    """Up to 17 partitions are kept from writes alone while their indexes are built, and inheriting tables are free."""
    known = state.table(part.relation)
    partitioned = known is not None and known.kind == "partitioned table"
    since_18 = state.major is None or state.major >= 18  # noqa: PLR2004 - the major that changed it
    first, *below = everywhere(state, part)
    yield first
    for each in below:
        if partitioned:
            lock = part.lock if since_18 else Lock.SHARE
            yield Part(each.relation, lock, scan=part.scan)
        elif since_18:
            yield Part(each.relation, part.lock)


def drop(action: DropConstraint, state: SchemaState) -> Iterator[Part]:
    """DROP CONSTRAINT; of a foreign key the referenced table too, of a key by CASCADE the tables that refer to it."""
    if action.if_exists and state.exists(action.table) is False:
        return
    known = state.constraint(action.table, action.name)
    own_part = own(action.table, facts.DROP_CONSTRAINT)
    kind = known.kind if known is not None else None
    yield from everywhere(state, own_part) if kind is None or kind in _ROWS else in_partitions(state, own_part)
    if known is not None and known.referenced is not None:
        yield from in_partitions(state, beside(known.referenced, facts.DROP_CONSTRAINT))
    if action.cascade and kind in _KEYS:
        for other in dependents.referencing(state, action.table):
            yield beside(other, facts.DROP_CONSTRAINT)


def validate(action: ValidateConstraint, state: SchemaState) -> Iterator[Part]:
    """VALIDATE CONSTRAINT; one that is known to be valid reads nothing."""
    known = state.constraint(action.table, action.name)
    if known is not None and known.valid:
        yield own(action.table, facts.VALIDATE_VALID)
    elif known is not None and known.referenced is not None:
        yield from in_partitions(state, own(action.table, facts.VALIDATE_FOREIGN_KEY))
        yield beside(known.referenced, facts.VALIDATE_FOREIGN_KEY)
    else:
        yield from everywhere(state, own(action.table, facts.VALIDATE_CONSTRAINT))


def alter(action: AlterConstraint, state: SchemaState) -> Iterator[Part]:
    """ALTER CONSTRAINT; ENFORCED (18) checks every row, as ADD would."""
    known = state.constraint(action.table, action.name)
    if action.enforced and (known is None or not known.enforced):
        yield own(action.table, facts.ENFORCE_FOREIGN_KEY)
        if known is not None and known.referenced is not None:
            yield beside(known.referenced, facts.ENFORCE_FOREIGN_KEY)
    else:
        yield own(action.table, facts.ALTER_COLUMN)

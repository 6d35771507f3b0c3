"""What adding and changing a column does: when the table is rewritten, when it is read in full, when neither."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.effects import table as facts
from migsafe.planner.effects.part import Part, beside, everywhere, own
from migsafe.planner.effects.types import beneath, constrained, is_free, keeps_indexes
from migsafe.planner.schema_state import dependents
from migsafe.planner.tree import inner, items, texts
from migsafe.schemas.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import AddColumn, AlterColumnType, DropColumn, SetNotNull
    from migsafe.planner.actions.columns import Column
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.effects.table import Fact
    from migsafe.planner.schema_state import SchemaState, TableState

__all__ = ["add_column", "added", "alter_type", "drop_column", "fills_itself", "is_free", "not_null_set", "retyped"]
__all__ += ["rewrite_reason"]


def rewrite_reason(column: Column, state: SchemaState | None = None) -> str:
    """Why adding the column rewrites the table, in words; empty where it does not.

    Functions that are not known to be stable count as volatile. Only with a `state` are domains known.
    """
    if column.generated is not None and column.stored:
        return "a stored generated column is computed for every row"
    if column.identity is not None:
        return "an identity column numbers every row"
    if column.type is not None and column.type.serial:
        return f"{column.type.name} numbers every row"
    if column.default is not None and column.default.volatile_calls:
        return f"{column.default.volatile_calls[0]}() is called for every row"
    if state is not None and column.type is not None and not column.type.array and constrained(column.type, state):
        return f"the domain {column.type} has to be satisfied by every row"
    return ""


def added(column: Column, state: SchemaState | None = None) -> Fact:
    """ADD COLUMN. Without a DEFAULT every row is NULL, which satisfies a foreign key without a look at it."""
    kinds = {made.kind for made in column.constraints if made.enforced}
    if rewrite_reason(column, state):
        return facts.ADD_COLUMN_REWRITE
    if kinds & {ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY}:
        return facts.ADD_COLUMN_UNIQUE
    if ConstraintKind.CHECK in kinds:
        return facts.ADD_COLUMN_CHECKED
    if column.not_null and (column.generated is not None or not fills_itself(column)):
        return facts.ADD_COLUMN_NOT_NULL
    return _referring(column) if ConstraintKind.FOREIGN_KEY in kinds else facts.ADD_COLUMN


def _referring(column: Column) -> Fact:
    if column.default is None:
        return facts.ADD_COLUMN_REFERENCES
    return facts.ADD_COLUMN_REFERENCES_NULL if column.default.is_null else facts.ADD_COLUMN_REFERENCES_DEFAULT


def add_column(action: AddColumn, state: SchemaState) -> Iterator[Part]:
    """ADD COLUMN on the table, on those below it, and on the tables that it refers to."""
    if action.if_not_exists and state.column(action.table, action.column.name) is not None:
        yield own(action.table, facts.ADD_COLUMN)
        return
    fact = added(action.column, state)
    yield from everywhere(state, own(action.table, fact))
    reached = fact if fact.other is not Lock.NONE else facts.ADD_COLUMN_REFERENCES
    if fact.rewrite:
        reached = facts.ADD_COLUMN_REFERENCES_DEFAULT
    for made in action.column.constraints:
        if made.referenced is not None:
            yield beside(made.referenced, reached if made.enforced else facts.ADD_COLUMN_REFERENCES)


def drop_column(action: DropColumn, state: SchemaState) -> Iterator[Part]:
    """DROP COLUMN: tables that it refers to, sequences that go with it, and by CASCADE what needs it."""
    if action.if_exists and state.exists(action.table) is False:
        return
    yield from everywhere(state, own(action.table, facts.DROP_COLUMN))
    known = state.table(action.table)
    for each in known.constraints.values() if known is not None else ():
        if each.referenced is not None and action.column in each.columns:
            yield beside(each.referenced, facts.DROP_COLUMN)
    for sequence in dependents.sequences_of(state, action.table, action.column):
        yield own(sequence, facts.DROP_SEQUENCE)
    if action.cascade:
        for view in dependents.views_on(state, action.table, action.column):
            yield own(view, facts.DROP_VIEW)
        for other in dependents.referencing(state, action.table, action.column):
            yield beside(other, facts.DROP_CONSTRAINT)


def not_null_set(action: SetNotNull, state: SchemaState) -> Fact:
    """SET NOT NULL: free if the column is NOT NULL already or a valid CHECK proves it (PostgreSQL 12)."""
    proven = state.proven_not_null(action.table, action.column)
    return facts.SET_NOT_NULL if proven else facts.SET_NOT_NULL_SCAN


def retyped(action: AlterColumnType, state: SchemaState) -> Fact:
    """ALTER COLUMN TYPE; a type that is not known is taken for one that has to be rewritten."""
    known = state.column(action.table, action.column)
    free = (
        known is not None
        and known.type is not None
        and _free(known.type, action.type, state)
        and (action.using is None or _plain(action.using, action.column))
    )
    return facts.ALTER_TYPE if free else facts.ALTER_TYPE_REWRITE


def _free(old: TypeName, new: TypeName, state: SchemaState) -> bool:
    if old == new:
        return True
    if constrained(new, state):
        return False
    return is_free(beneath(old, state), beneath(new, state), state.time_zone)


def _plain(using: Expression, column: str) -> bool:
    """Whether USING is the column itself, cast or not."""
    node = using.node
    while "TypeCast" in node:
        node = inner(inner(node, "TypeCast"), "arg")
    return texts(items(inner(node, "ColumnRef"), "fields"))[-1:] == (column,)


def alter_type(action: AlterColumnType, state: SchemaState) -> Iterator[Part]:
    """ALTER COLUMN TYPE with what depends on the column: indexes, CHECKs, foreign keys from and to it."""
    fact = retyped(action, state)
    part = own(action.table, fact)
    known = state.table(action.table)
    if known is not None and not fact.rewrite:
        rebuilt = _rebuilds(action, state, known)
        part = replace(part, scan=rebuilt or _checked(action.column, known), index_rebuild=rebuilt)
    yield from everywhere(state, part)
    for each in known.constraints.values() if known is not None else ():
        if each.referenced is not None and action.column in each.columns:
            yield Part(each.referenced, Lock.ACCESS_EXCLUSIVE, scan=fact.rewrite and each.valid)
    for other in dependents.referencing(state, action.table, action.column):
        yield Part(other, Lock.ACCESS_EXCLUSIVE, scan=fact.rewrite)


def _checked(column: str, known: TableState) -> bool:
    """Whether a CHECK names the column: it is made anew, and every row read for it."""
    return any(
        each.kind is ConstraintKind.CHECK and each.valid and column in each.columns
        for each in known.constraints.values()
    )


def _rebuilds(action: AlterColumnType, state: SchemaState, known: TableState) -> bool:
    """Whether an index of the column is built anew (indexcmds.c, CheckIndexCompatible), although the table is not."""
    before = known.columns[action.column]
    same = before.type is not None and keeps_indexes(beneath(before.type, state), beneath(action.type, state))
    for index in state.indexes_of(action.table).values():
        if action.column not in index.needs:
            continue
        if not same or before.collation != action.collation:
            return True
        if None in index.columns or index.predicate is not None or not index.valid:
            return True
    return False


def fills_itself(column: Column) -> bool:
    """Whether rows that are there get a value: a default that is not NULL, or one that is computed."""
    has_default = column.default is not None and not column.default.is_null
    return has_default or bool(rewrite_reason(column)) or column.generated is not None

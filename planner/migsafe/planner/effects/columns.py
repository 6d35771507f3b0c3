"""What adding and changing a column does: when the table is rewritten, when it is read in full, when neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.effects import table as facts
from migsafe.planner.tree import inner, items, texts

if TYPE_CHECKING:
    from migsafe.planner.actions import AlterColumnType, SetNotNull
    from migsafe.planner.actions.columns import Column
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.effects.table import Fact
    from migsafe.planner.schema_state import SchemaState

_TIMES = {"time", "timetz", "timestamp", "timestamptz", "interval"}


def rewrite_reason(column: Column) -> str:
    """Why adding the column rewrites the table, in words; empty where it does not.

    Functions that are not known to be stable count as volatile.
    """
    if column.generated is not None and column.stored:
        return "a stored generated column is computed for every row"
    if column.identity is not None:
        return "an identity column numbers every row"
    if column.type is not None and column.type.serial:
        return f"{column.type.name} numbers every row"
    if column.default is not None and column.default.volatile_calls:
        return f"{column.default.volatile_calls[0]}() is called for every row"
    return ""


def added(column: Column) -> Fact:
    """ADD COLUMN. Without a default every row is NULL, which satisfies a foreign key without a look at it."""
    kinds = {made.kind for made in column.constraints}
    if rewrite_reason(column):
        return facts.ADD_COLUMN_REWRITE
    if kinds & {ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY}:
        return facts.ADD_COLUMN_UNIQUE
    if ConstraintKind.CHECK in kinds:
        return facts.ADD_COLUMN_CHECKED
    if column.not_null and not fills_itself(column):
        return facts.ADD_COLUMN_NOT_NULL
    if ConstraintKind.FOREIGN_KEY in kinds:
        has_value = column.default is not None and not column.default.is_null
        return facts.ADD_COLUMN_REFERENCES_DEFAULT if has_value else facts.ADD_COLUMN_REFERENCES
    return facts.ADD_COLUMN


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
        and is_free(known.type, action.type)
        and (action.using is None or _plain(action.using, action.column))
    )
    return facts.ALTER_TYPE if free else facts.ALTER_TYPE_REWRITE


def _plain(using: Expression, column: str) -> bool:
    """Whether USING is the column itself, cast or not."""
    node = using.node
    while "TypeCast" in node:
        node = inner(inner(node, "TypeCast"), "arg")
    return texts(items(inner(node, "ColumnRef"), "fields"))[-1:] == (column,)


def is_free(old: TypeName, new: TypeName) -> bool:
    """Whether a column changes from one type to the other in the catalog alone (measured: 13 to 18 agree).

    timestamp to timestamptz is free only under TimeZone UTC, which nobody here knows, so it does not count.
    """
    if old == new:
        return True
    if old.array != new.array or old.schema is not None or new.schema is not None:
        return False
    if new.name in {"text", "varchar"} and not new.modifiers:
        return old.name in {"text", "varchar", "citext"}
    if old.name == "cidr" and new.name == "inet":
        return True
    return old.name == new.name and _wider(old, new)


def _wider(old: TypeName, new: TypeName) -> bool:
    if not new.modifiers:
        return old.name in {"varchar", "varbit", "numeric"} | _TIMES
    before, after = _numbers(old), _numbers(new)
    if not before or not after:
        return False
    if old.name == "numeric":
        return after[0] >= before[0] and (before[1:] or (0,)) == (after[1:] or (0,))
    return old.name in {"varchar", "varbit"} | _TIMES and after[0] >= before[0]


def _numbers(kind: TypeName) -> tuple[int, ...]:
    return tuple(modifier for modifier in kind.modifiers if isinstance(modifier, int))


def fills_itself(column: Column) -> bool:
    """Whether rows that are there get a value: a default that is not NULL, or one that is computed."""
    has_default = column.default is not None and not column.default.is_null
    return has_default or bool(rewrite_reason(column)) or column.generated is not None

"""What hangs on a relation or a column, in the order in which it can be dropped by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.in_use import TYPES
from migsafe.planner.users import User
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.planner import actions as act
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName


def dependents(state: SchemaState, relation: QualifiedName, column: str | None = None) -> tuple[User, ...]:
    """The known users of a relation or column, and theirs, each after what needs it."""
    found: dict[User, None] = {}
    _collect(state, relation, column, found)
    return tuple(found)


def _collect(state: SchemaState, relation: QualifiedName, column: str | None, found: dict[User, None]) -> None:
    for user in state.users_of(relation, column):
        if user not in found and not (column is not None and _uncertain(state, relation, column, user)):
            if user.kind.endswith("view"):
                _collect(state, user.table, None, found)
            found[user] = None


def _uncertain(state: SchemaState, relation: QualifiedName, column: str, user: User) -> bool:
    """Whether the user may need other columns only.

    A view over several relations names columns of which nobody knows whose they are. A foreign key that names no
    columns refers to the primary key.
    """
    if user.kind.endswith("view"):
        known = state.table(user.table)
        return known is None or len(known.sources) > 1
    key = state.constraint(user.table, user.name) if user.kind == "foreign key" else None
    if key is None or key.referenced_columns:
        return False
    referred = state.table(relation)
    constraints = referred.constraints.values() if referred is not None else ()
    return not any(each.kind is ConstraintKind.PRIMARY_KEY and column in each.columns for each in constraints)


def of_program(state: SchemaState, drop: act.Drop) -> tuple[User, ...]:
    """The triggers that call a function which goes, or the columns of a type which goes."""
    if drop.kind in TYPES:
        columns = state.columns_of_type(state.type_name(drop.name))
        return tuple(User("column", column, table) for table, column in columns)
    if drop.arguments:
        return ()  # the function of a trigger has none
    full = state.function_name(drop.name)
    return tuple(
        User("trigger", name, table)
        for table, known in state.tables.items()
        for name, trigger in known.triggers.items()
        if state.function_name(trigger.function) == full
    )


def dropping(user: User) -> str:
    """The statement that drops it."""
    name, table = quoted(user.name), user.table
    match user.kind:
        case "view" | "materialized view":
            return f"DROP {user.kind.upper()} {table};"
        case "policy" | "trigger":
            return f"DROP {user.kind.upper()} {name} ON {table};"
        case "generated column":
            return f"ALTER TABLE {table} DROP COLUMN {name};"
        case _:
            return f"ALTER TABLE {table} DROP CONSTRAINT {name};"


_MOST = 4


def told(users: Iterable[User]) -> str:
    """The users in words: `the view recent_orders and the foreign key items_order_id_fkey of public.items`."""
    names = [_told(user) for user in users]
    if len(names) > _MOST:
        names = [*names[: _MOST - 1], f"{len(names) - _MOST + 1} more"]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1] if names else ""]))


def _told(user: User) -> str:
    if user.kind.endswith("view"):
        return f"the {user.kind} {user.table}"
    return f"the {user.kind} {user.name} of {user.table}"

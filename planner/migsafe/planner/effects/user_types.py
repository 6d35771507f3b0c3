"""What changing a domain or a composite type does to the tables that use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.effects import table as facts
from migsafe.planner.effects.part import Part, own
from migsafe.planner.schema_state import dependents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import AlterCompositeType, AlterDomain
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName


def domain(action: AlterDomain, state: SchemaState) -> Iterator[Part]:
    """ALTER DOMAIN: a new condition is checked in every row of every table that uses it."""
    checked = action.change in {"set not null", "validate constraint"} or (
        action.change == "add constraint" and (action.constraint is None or not action.constraint.not_valid)
    )
    if checked:
        for table in tables_using(state, state.type_name(action.name)):
            yield own(table, facts.DOMAIN_CHECKED)


def tables_using(state: SchemaState, name: QualifiedName) -> tuple[QualifiedName, ...]:
    """The tables with a column of the domain, or of a domain that stands on it, each once."""
    found: dict[QualifiedName, None] = {}
    waiting, seen = [name], {name}
    while waiting:
        each = waiting.pop()
        found.update(dict.fromkeys(table for table, _ in dependents.columns_of_type(state, each)))
        for other, known in state.types.items():
            if known.base is not None and state.type_name(known.base.qualified) == each and other not in seen:
                seen.add(other)
                waiting.append(other)
    return tuple(found)


def composite(action: AlterCompositeType, state: SchemaState) -> Iterator[Part]:
    """ALTER TYPE ... ATTRIBUTE: CASCADE changes the typed tables; where a column uses it, a new type is refused."""
    changed = {"AddColumn": facts.ADD_COLUMN, "DropColumn": facts.DROP_COLUMN}
    fact = changed.get(action.change, facts.ALTER_TYPE_REWRITE)
    full = state.type_name(action.type)
    for name, known in state.tables.items():
        if known.of_type is not None and state.type_name(known.of_type.qualified) == full:
            yield own(name, fact)

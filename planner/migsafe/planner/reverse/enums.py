"""How an enum loses labels: PostgreSQL cannot drop one, so the type is made anew and its columns are converted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.reverse.element import Element, TableColumn
from migsafe.planner.reverse.making import made
from migsafe.schemas.catalog import CompositeType
from migsafe.schemas.names import QualifiedName, parsed, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migsafe.schemas.catalog import ObjectIdentity


def rebuilt(
    key: ObjectIdentity, now: Mapping[ObjectIdentity, Element], before: Mapping[ObjectIdentity, Element]
) -> tuple[str, ...]:
    """The statements; the server refuses them where a row has a label that goes. Its defaults are taken off already."""
    name = parsed(key.name)
    aside = QualifiedName(f"{name.name}_as_it_was", name.schema)
    converted = [
        _converted(element, key.name)
        for other, element in now.items()
        if key in element.needs and other in before and key in before[other].needs
    ]
    return (
        f"ALTER TYPE {key.name} RENAME TO {quoted(aside.name)}",
        made(before[key].thing, {}),
        *(text for text in converted if text),
        f"DROP TYPE {aside}",
    )


def _converted(element: Element, enum: str) -> str:
    thing = element.thing
    if isinstance(thing, CompositeType):
        return _fields_converted(thing, enum)
    if not isinstance(thing, TableColumn):
        return ""
    column, kind = quoted(thing.column.name), thing.column.type
    through = "text[]" if kind.endswith("[]") else "text"
    return f"ALTER TABLE {thing.table} ALTER COLUMN {column} TYPE {kind} USING {column}::{through}::{kind}"


def _fields_converted(composite: CompositeType, enum: str) -> str:
    """No value has to be converted: the server refuses this where a column has the composite type."""
    fields = (each for each in composite.attributes if each.type.removesuffix("[]") == enum)
    acts = ", ".join(f"ALTER ATTRIBUTE {quoted(each.name)} TYPE {each.type}" for each in fields)
    return f"ALTER TYPE {composite.name} {acts}" if acts else ""

"""Types: enums, composites, ranges, domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.columns import column
from migsafe.planner.actions.constraints import constraint, constraints
from migsafe.planner.actions.expressions import expression
from migsafe.planner.actions.typename import type_name
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, inner, items, named, relation_at, texts, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.actions.columns import Column
    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class CreateEnum:
    """CREATE TYPE ... AS ENUM."""

    name: QualifiedName
    values: tuple[str, ...]


@value
class CreateComposite:
    """CREATE TYPE ... AS (...)."""

    name: QualifiedName
    attributes: tuple[Column, ...]


@value
class CreateType:
    """CREATE TYPE of any other form: range, base, shell."""

    name: QualifiedName
    form: str
    """`range`, `base` or `shell`."""


@value
class CreateDomain:
    """CREATE DOMAIN."""

    name: QualifiedName
    base: TypeName
    not_null: bool
    default: Expression | None
    constraints: tuple[Constraint, ...]


@value
class AddEnumValue:
    """ALTER TYPE ... ADD VALUE: the value cannot be used before it is committed."""

    type: QualifiedName
    value: str
    if_not_exists: bool
    neighbour: str | None
    after: bool
    """It stands after `neighbour`, else before it."""


@value
class RenameEnumValue:
    """ALTER TYPE ... RENAME VALUE."""

    type: QualifiedName
    value: str
    new_value: str


@value
class AlterCompositeType:
    """ALTER TYPE ... ADD, DROP or ALTER ATTRIBUTE."""

    type: QualifiedName
    change: str
    """PostgreSQL's word: `AddColumn`, `DropColumn` or `AlterColumnType`."""
    attribute: str
    cascade: bool


@value
class AlterDomain:
    """ALTER DOMAIN: NOT NULL, default and constraints. Adding a check scans every table that uses the domain."""

    name: QualifiedName
    change: str
    """`set default`, `drop default`, `set not null`, `drop not null`, `add`, `drop` or `validate constraint`."""
    constraint: Constraint | None
    constraint_name: str | None


@value
class TuneType:
    """ALTER TYPE ... SET (...)."""

    name: QualifiedName


def create_enum(node: Node) -> tuple[CreateEnum]:
    """CreateEnumStmt."""
    return (CreateEnum(named(node, "typeName"), texts(items(node, "vals"))),)


def create_composite(node: Node) -> tuple[CreateComposite]:
    """CompositeTypeStmt."""
    attributes = tuple(column(made) for made in unwrapped(node, "coldeflist", "ColumnDef"))
    return (CreateComposite(relation_at(node, "typevar"), attributes),)


def create_range(node: Node) -> tuple[CreateType]:
    """CreateRangeStmt."""
    return (CreateType(named(node, "typeName"), "range"),)


def create_domain(node: Node) -> tuple[CreateDomain]:
    """CreateDomainStmt."""
    parts = unwrapped(node, "constraints", "Constraint")
    kinds = {word(part, "contype"): part for part in parts}
    return (
        CreateDomain(
            named(node, "domainname"),
            type_name(inner(node, "typeName")),
            "CONSTR_NOTNULL" in kinds,
            expression(kinds.get("CONSTR_DEFAULT", {}), "raw_expr"),
            constraints(parts),
        ),
    )


def alter_enum(node: Node) -> tuple[AddEnumValue | RenameEnumValue]:
    """AlterEnumStmt."""
    name, old, new = named(node, "typeName"), word(node, "oldVal"), word(node, "newVal")
    if "oldVal" in node:
        return (RenameEnumValue(name, old, new),)
    neighbour = word(node, "newValNeighbor") if "newValNeighbor" in node else None
    return (AddEnumValue(name, new, flag(node, "skipIfNewValExists"), neighbour, flag(node, "newValIsAfter")),)


_CHANGES = {
    "N": "drop not null",
    "O": "set not null",
    "C": "add constraint",
    "X": "drop constraint",
    "V": "validate constraint",
}


def alter_domain(node: Node) -> tuple[AlterDomain]:
    """AlterDomainStmt."""
    subtype, definition = word(node, "subtype"), inner(node, "def")
    default = "set default" if definition else "drop default"
    made = constraint(inner(definition, "Constraint")) if subtype == "C" else None
    name = made.name if made else word(node, "name") or None
    return (AlterDomain(named(node, "typeName"), _CHANGES.get(subtype, default), made, name),)


def tune_type(node: Node) -> tuple[TuneType]:
    """AlterTypeStmt."""
    return (TuneType(named(node, "typeName")),)

"""Columns, and the commands of ALTER TABLE that add, drop and change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind, constraints
from migsafe.planner.actions.expressions import expression
from migsafe.planner.actions.typename import type_name
from migsafe.planner.actions.value import value
from migsafe.planner.tree import constant, flag, inner, named, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName

_IDENTITIES = {"a": "always", "d": "by default"}


@value
class Column:
    """A column as CREATE TABLE and ADD COLUMN define it."""

    name: str
    type: TypeName | None
    """None for a column of a typed table (CREATE TABLE ... OF)."""
    not_null: bool
    """NOT NULL is written, or follows from PRIMARY KEY, identity or serial."""
    default: Expression | None
    generated: Expression | None
    stored: bool
    """A generated column that is kept in the table; false: VIRTUAL (18), computed when it is read."""
    identity: str | None
    """`always`, `by default`, or None."""
    constraints: tuple[Constraint, ...]
    collation: QualifiedName | None

    @property
    def primary_key(self) -> bool:
        """Whether PRIMARY KEY is written at the column."""
        return any(found.kind is ConstraintKind.PRIMARY_KEY for found in self.constraints)


@value
class AddColumn:
    """ALTER TABLE ... ADD COLUMN."""

    table: QualifiedName
    column: Column
    if_not_exists: bool


@value
class DropColumn:
    """ALTER TABLE ... DROP COLUMN."""

    table: QualifiedName
    column: str
    if_exists: bool
    cascade: bool


@value
class AlterColumnType:
    """ALTER COLUMN ... TYPE."""

    table: QualifiedName
    column: str
    type: TypeName
    using: Expression | None
    collation: QualifiedName | None


@value
class SetNotNull:
    """ALTER COLUMN ... SET NOT NULL."""

    table: QualifiedName
    column: str


@value
class DropNotNull:
    """ALTER COLUMN ... DROP NOT NULL."""

    table: QualifiedName
    column: str


@value
class SetDefault:
    """ALTER COLUMN ... SET DEFAULT."""

    table: QualifiedName
    column: str
    default: Expression


@value
class DropDefault:
    """ALTER COLUMN ... DROP DEFAULT."""

    table: QualifiedName
    column: str


@value
class AddIdentity:
    """ALTER COLUMN ... ADD GENERATED ... AS IDENTITY."""

    table: QualifiedName
    column: str
    identity: str


@value
class DropIdentity:
    """ALTER COLUMN ... DROP IDENTITY."""

    table: QualifiedName
    column: str
    if_exists: bool


@value
class SetGeneratedExpression:
    """ALTER COLUMN ... SET EXPRESSION (17): rewrites the table."""

    table: QualifiedName
    column: str
    expression: Expression


@value
class DropGeneratedExpression:
    """ALTER COLUMN ... DROP EXPRESSION: the column becomes an ordinary one."""

    table: QualifiedName
    column: str
    if_exists: bool


@value
class TuneColumn:
    """Settings of a column that change no value: statistics, storage, compression, options, identity sequence."""

    table: QualifiedName
    column: str
    setting: str
    """`statistics`, `storage`, `compression`, `options` or `identity`."""
    to: str | None


def column(node: Node) -> Column:
    """The column of a ColumnDef node."""
    name = word(node, "colname")
    parts = unwrapped(node, "constraints", "Constraint")
    by_kind = {word(part, "contype"): part for part in parts}
    type_node, generated = inner(node, "typeName"), by_kind.get("CONSTR_GENERATED", {})
    kind = type_name(type_node) if type_node else None
    identity = _IDENTITIES.get(word(by_kind.get("CONSTR_IDENTITY", {}), "generated_when"))
    implied = bool(by_kind.keys() & {"CONSTR_NOTNULL", "CONSTR_PRIMARY", "CONSTR_IDENTITY"})
    return Column(
        name,
        kind,
        implied or (kind is not None and kind.serial),
        expression(by_kind.get("CONSTR_DEFAULT", {}), "raw_expr"),
        expression(generated, "raw_expr"),
        bool(generated) and word(generated, "generated_kind") != "v",
        identity,
        constraints(parts, name),
        named(inner(node, "collClause"), "collname") if inner(node, "collClause") else None,
    )


def add_column(table: QualifiedName, command: Node) -> AddColumn:
    """ADD COLUMN of an AlterTableCmd."""
    return AddColumn(table, column(inner(inner(command, "def"), "ColumnDef")), flag(command, "missing_ok"))


def drop_column(table: QualifiedName, command: Node) -> DropColumn:
    """DROP COLUMN of an AlterTableCmd."""
    cascade = word(command, "behavior") == "DROP_CASCADE"
    return DropColumn(table, word(command, "name"), flag(command, "missing_ok"), cascade)


def alter_type(table: QualifiedName, command: Node) -> AlterColumnType:
    """ALTER COLUMN ... TYPE of an AlterTableCmd."""
    definition = inner(inner(command, "def"), "ColumnDef")
    collation = inner(definition, "collClause")
    return AlterColumnType(
        table,
        word(command, "name"),
        type_name(inner(definition, "typeName")),
        expression(definition, "raw_default"),
        named(collation, "collname") if collation else None,
    )


def column_default(table: QualifiedName, command: Node) -> SetDefault | DropDefault:
    """SET DEFAULT or DROP DEFAULT of an AlterTableCmd."""
    default = expression(command, "def")
    name = word(command, "name")
    return DropDefault(table, name) if default is None else SetDefault(table, name, default)


def add_identity(table: QualifiedName, command: Node) -> AddIdentity:
    """ADD GENERATED AS IDENTITY of an AlterTableCmd."""
    definition = inner(inner(command, "def"), "Constraint")
    return AddIdentity(table, word(command, "name"), _IDENTITIES[word(definition, "generated_when")])


SETTINGS = {
    "AT_SetStatistics": "statistics",
    "AT_SetStorage": "storage",
    "AT_SetCompression": "compression",
    "AT_SetOptions": "options",
    "AT_ResetOptions": "options",
    "AT_SetIdentity": "identity",
}


def tune_column(table: QualifiedName, command: Node) -> TuneColumn:
    """SET STATISTICS, STORAGE, COMPRESSION, (options) and identity settings of an AlterTableCmd."""
    setting = SETTINGS[word(command, "subtype")]
    return TuneColumn(table, word(command, "name"), setting, constant(inner(command, "def")))

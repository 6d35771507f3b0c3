"""Names, schemas, owners and comments of objects of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.objects import Named, ObjectKind, kind_of, object_named
from migsafe.planner.actions.value import value
from migsafe.planner.tree import inner, relation_at, role, unwrap, unwrapped, word
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from migsafe.planner.tree import Node


@value
class Rename:
    """ALTER ... RENAME TO of any object but columns and constraints; tables and views too."""

    kind: ObjectKind
    name: QualifiedName
    new_name: str
    table: QualifiedName | None = None
    """The table of a trigger, policy or rule."""
    arguments: tuple[str, ...] | None = None
    """Types of the arguments of a function; None where the statement leaves them out."""


@value
class RenameColumn:
    """ALTER TABLE ... RENAME COLUMN; also of a view's column or a composite type's attribute."""

    table: QualifiedName
    column: str
    new_name: str
    kind: ObjectKind
    """What `table` is."""


@value
class RenameConstraint:
    """ALTER TABLE or ALTER DOMAIN ... RENAME CONSTRAINT."""

    table: QualifiedName
    name: str
    new_name: str
    kind: ObjectKind
    """What `table` is: a table or a domain."""


@value
class SetSchema:
    """ALTER ... SET SCHEMA."""

    kind: ObjectKind
    name: QualifiedName
    schema: str


@value
class ChangeOwner:
    """ALTER ... OWNER TO."""

    kind: ObjectKind
    name: QualifiedName
    owner: str


@value
class Comment:
    """COMMENT ON; `text` is None for IS NULL."""

    kind: ObjectKind
    name: QualifiedName
    table: QualifiedName | None
    """The table of a column, trigger, policy, rule or constraint."""
    text: str | None


@value
class SecurityLabel:
    """SECURITY LABEL."""

    kind: ObjectKind
    name: QualifiedName


def _target(node: Node, kind: ObjectKind) -> Named:
    """The object of a statement that names it as `relation`, as `object`, or as `subname` alone."""
    if inner(node, "relation"):
        return Named(relation_at(node, "relation"))
    if inner(node, "object"):
        return object_named(kind, inner(node, "object"))
    return Named(QualifiedName(word(node, "subname")))


def rename(node: Node) -> tuple[Rename | RenameColumn | RenameConstraint]:
    """RenameStmt."""
    kind, new_name, part = kind_of(node, "renameType"), word(node, "newname"), word(node, "subname")
    target = _target(node, kind)
    match kind:
        case ObjectKind.COLUMN:
            attribute = word(node, "renameType") == "OBJECT_ATTRIBUTE"
            owner = ObjectKind.TYPE if attribute else kind_of(node, "relationType")
            return (RenameColumn(target.name, part, new_name, owner),)
        case ObjectKind.CONSTRAINT:
            of_domain = word(node, "renameType") == "OBJECT_DOMCONSTRAINT"
            owner = ObjectKind.DOMAIN if of_domain else ObjectKind.TABLE
            return (RenameConstraint(target.name, part, new_name, owner),)
        case ObjectKind.TRIGGER | ObjectKind.POLICY | ObjectKind.RULE:
            return (Rename(kind, QualifiedName(part), new_name, target.name),)
        case _:
            return (Rename(kind, target.name, new_name, arguments=target.arguments),)


def set_schema(node: Node) -> tuple[SetSchema]:
    """AlterObjectSchemaStmt."""
    kind = kind_of(node, "objectType")
    return (SetSchema(kind, _target(node, kind).name, word(node, "newschema")),)


def change_owner(node: Node) -> tuple[ChangeOwner]:
    """AlterOwnerStmt; owners of tables come from ALTER TABLE."""
    kind = kind_of(node, "objectType")
    return (ChangeOwner(kind, _target(node, kind).name, role(inner(node, "newowner"))),)


def comment(node: Node) -> tuple[Comment]:
    """CommentStmt. An empty comment removes it, as NULL does."""
    kind = kind_of(node, "objtype")
    of_domain = _of_domain(inner(node, "object"))
    target = of_domain or object_named(kind, inner(node, "object"))
    return (Comment(kind, target.name, target.table, word(node, "comment") or None),)


def _of_domain(node: Node) -> Named | None:
    """The constraint of a domain, which is spelled as a list of a type and a string."""
    kind, content = unwrap(node)
    if kind != "List" or not unwrapped(content, "items", "TypeName") or not unwrapped(content, "items", "String"):
        return None
    domain = object_named(ObjectKind.DOMAIN, {"TypeName": unwrapped(content, "items", "TypeName")[0]})
    return Named(QualifiedName(word(unwrapped(content, "items", "String")[0], "sval")), domain.name)


def security_label(node: Node) -> tuple[SecurityLabel]:
    """SecLabelStmt."""
    kind = kind_of(node, "objtype")
    return (SecurityLabel(kind, object_named(kind, inner(node, "object")).name),)

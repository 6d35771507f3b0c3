"""Constraints of tables and domains, and the commands that add, drop and validate them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from migsafe.planner.actions.expressions import expression
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, inner, items, relation_at, texts, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


class ConstraintKind(StrEnum):
    """What a constraint demands."""

    CHECK = "check"
    EXCLUDE = "exclude"
    FOREIGN_KEY = "foreign key"
    NOT_NULL = "not null"
    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"


_KINDS = {
    "CONSTR_CHECK": ConstraintKind.CHECK,
    "CONSTR_EXCLUSION": ConstraintKind.EXCLUDE,
    "CONSTR_FOREIGN": ConstraintKind.FOREIGN_KEY,
    "CONSTR_NOTNULL": ConstraintKind.NOT_NULL,
    "CONSTR_PRIMARY": ConstraintKind.PRIMARY_KEY,
    "CONSTR_UNIQUE": ConstraintKind.UNIQUE,
}
_ACTIONS = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}


@value
class Constraint:
    """One constraint, with its name if it has been given one."""

    kind: ConstraintKind
    name: str | None
    columns: tuple[str, ...]
    """Its columns; for a foreign key those that refer. Empty for CHECK of a table."""
    expression: Expression | None = None
    """The condition of CHECK, the WHERE of EXCLUDE."""
    referenced: QualifiedName | None = None
    referenced_columns: tuple[str, ...] = ()
    """Empty where the statement leaves them out: the primary key is meant."""
    on_delete: str = ""
    on_update: str = ""
    """Of a foreign key: no action, restrict, cascade, set null, set default."""
    not_valid: bool = False
    using_index: str | None = None
    deferrable: bool = False
    initially_deferred: bool = False
    no_inherit: bool = False
    enforced: bool = True
    nulls_not_distinct: bool = False
    method: str = ""
    """Access method of EXCLUDE."""
    set_columns: tuple[str, ...] = ()
    """The columns that ON DELETE SET NULL or SET DEFAULT names; empty where it means all of the key's."""
    match_full: bool = False
    """MATCH FULL of a foreign key."""


@value
class AddConstraint:
    """ALTER TABLE ... ADD CONSTRAINT."""

    table: QualifiedName
    constraint: Constraint
    only: bool = False
    """ALTER TABLE ONLY: partitions and children are left out."""


@value
class DropConstraint:
    """ALTER TABLE ... DROP CONSTRAINT."""

    table: QualifiedName
    name: str
    if_exists: bool
    cascade: bool


@value
class ValidateConstraint:
    """ALTER TABLE ... VALIDATE CONSTRAINT."""

    table: QualifiedName
    name: str


@value
class AlterConstraint:
    """ALTER TABLE ... ALTER CONSTRAINT: deferrability, enforcement, inheritance."""

    table: QualifiedName
    name: str
    deferrable: bool
    initially_deferred: bool
    enforced: bool | None
    """None where the statement does not speak of it."""


def constraint(node: Node, column: str | None = None) -> Constraint | None:
    """The constraint of a Constraint node; None for DEFAULT, NULL, GENERATED and attribute markers.

    `column` is the column that it stands at, if it is written there.
    """
    kind = _KINDS.get(word(node, "contype"))
    if kind is None:
        return None
    columns = _columns(node, kind)
    condition = "where_clause" if kind is ConstraintKind.EXCLUDE else "raw_expr"
    return Constraint(
        kind,
        word(node, "conname") or None,
        columns or ((column,) if column is not None else ()),
        expression(node, condition),
        relation_at(node, "pktable") if inner(node, "pktable") else None,
        texts(items(node, "pk_attrs")),
        _ACTIONS.get(word(node, "fk_del_action"), ""),
        _ACTIONS.get(word(node, "fk_upd_action"), ""),
        flag(node, "skip_validation"),
        word(node, "indexname") or None,
        flag(node, "deferrable"),
        flag(node, "initdeferred"),
        flag(node, "is_no_inherit"),
        flag(node, "is_enforced") or kind not in {ConstraintKind.CHECK, ConstraintKind.FOREIGN_KEY},
        flag(node, "nulls_not_distinct"),
        word(node, "access_method"),
        set_columns=texts(items(node, "fk_del_set_cols")),
        match_full=word(node, "fk_matchtype") == "f",
    )


def _columns(node: Node, kind: ConstraintKind) -> tuple[str, ...]:
    if kind is not ConstraintKind.EXCLUDE:
        return texts(items(node, "fk_attrs" if kind is ConstraintKind.FOREIGN_KEY else "keys"))
    elements = (items(pair, "items") for pair in unwrapped(node, "exclusions", "List"))
    return tuple(word(inner(pair[0], "IndexElem"), "name") for pair in elements if pair)


def constraints(nodes: list[Node], column: str | None = None) -> tuple[Constraint, ...]:
    """The constraints among Constraint nodes. DEFERRABLE and the like, written after one at a column, are folded in."""
    found: list[Constraint] = []
    for node in nodes:
        made = constraint(node, column)
        if made is not None:
            found.append(made)
        elif found and word(node, "contype") in _ATTRIBUTES:
            found[-1] = _with_attribute(found[-1], word(node, "contype"))
    return tuple(found)


_ATTRIBUTES = frozenset({"CONSTR_ATTR_DEFERRABLE", "CONSTR_ATTR_DEFERRED", "CONSTR_ATTR_NOT_ENFORCED"})


def _with_attribute(old: Constraint, attribute: str) -> Constraint:
    return Constraint(
        kind=old.kind,
        name=old.name,
        columns=old.columns,
        expression=old.expression,
        referenced=old.referenced,
        referenced_columns=old.referenced_columns,
        on_delete=old.on_delete,
        on_update=old.on_update,
        not_valid=old.not_valid,
        no_inherit=old.no_inherit,
        nulls_not_distinct=old.nulls_not_distinct,
        match_full=old.match_full,
        deferrable=old.deferrable or attribute != "CONSTR_ATTR_NOT_ENFORCED",
        initially_deferred=old.initially_deferred or attribute == "CONSTR_ATTR_DEFERRED",
        enforced=old.enforced and attribute != "CONSTR_ATTR_NOT_ENFORCED",
        set_columns=old.set_columns,
    )

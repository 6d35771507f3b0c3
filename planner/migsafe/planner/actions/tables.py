"""Tables: making, filling, emptying, locking, and what ALTER TABLE does to a table as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.columns import column
from migsafe.planner.actions.constraints import constraints
from migsafe.planner.actions.expressions import Expression, expression, relations
from migsafe.planner.actions.typename import type_name
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, inner, number, options, relation, relation_at, unwrap, unwrapped, word
from migsafe.schemas.locks import Lock

if TYPE_CHECKING:
    from migsafe.planner.actions.columns import Column
    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.actions.objects import ObjectKind
    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class CreateTable:
    """CREATE TABLE and CREATE FOREIGN TABLE, with the constraints of the table; those of a column stand at it."""

    name: QualifiedName
    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...]
    if_not_exists: bool = False
    temporary: bool = False
    unlogged: bool = False
    partition_of: QualifiedName | None = None
    default_partition: bool = False
    partitioned_by: str | None = None
    """`range`, `list`, `hash`, or None."""
    partition_columns: tuple[str, ...] = ()
    """Columns of the partition key; an expression in it is an empty name."""
    inherits: tuple[QualifiedName, ...] = ()
    like: tuple[QualifiedName, ...] = ()
    like_including: tuple[frozenset[str], ...] = ()
    """Of each of `like` what INCLUDING names: `constraints`, `defaults`, `generated`, `identity`, `indexes`."""
    of_type: TypeName | None = None
    server: str | None = None
    """The server of a foreign table."""
    options: tuple[tuple[str, str], ...] = ()
    tablespace: str | None = None
    partition_bound: Expression | None = None
    """The PartitionBoundSpec of a partition."""

    @property
    def all_constraints(self) -> tuple[Constraint, ...]:
        """Constraints of the columns, then of the table."""
        return tuple(made for each in self.columns for made in each.constraints) + self.constraints


@value
class CreateTableAs:
    """CREATE TABLE AS, SELECT INTO, CREATE MATERIALIZED VIEW."""

    name: QualifiedName
    materialized_view: bool
    sources: tuple[QualifiedName, ...]
    """The relations that its query reads."""
    with_data: bool = True
    if_not_exists: bool = False
    temporary: bool = False
    query: Expression | None = None


@value
class SetLogged:
    """ALTER TABLE ... SET LOGGED or UNLOGGED: rewrites the table."""

    table: QualifiedName
    logged: bool


@value
class SetTablespace:
    """ALTER TABLE or ALTER INDEX ... SET TABLESPACE: copies the whole relation."""

    relation: QualifiedName
    tablespace: str
    kind: ObjectKind
    """What `relation` is."""


@value
class SetAccessMethod:
    """ALTER TABLE ... SET ACCESS METHOD: rewrites the table."""

    table: QualifiedName
    method: str


@value
class SetStorageParameters:
    """ALTER ... SET (...) or RESET (...) of a table, index or view."""

    relation: QualifiedName
    parameters: tuple[tuple[str, str], ...]
    reset: bool
    kind: ObjectKind
    """What `relation` is."""


@value
class Inherit:
    """ALTER TABLE ... INHERIT or NO INHERIT."""

    table: QualifiedName
    parent: QualifiedName
    inherit: bool


@value
class SetReplicaIdentity:
    """ALTER TABLE ... REPLICA IDENTITY."""

    table: QualifiedName
    identity: str
    """`default`, `full`, `nothing` or `index`."""
    index: str | None


@value
class ClusterOn:
    """ALTER TABLE ... CLUSTER ON, or SET WITHOUT CLUSTER (index None)."""

    table: QualifiedName
    index: str | None


@value
class Truncate:
    """TRUNCATE."""

    tables: tuple[QualifiedName, ...]
    cascade: bool
    restart_identity: bool


@value
class LockTable:
    """LOCK TABLE."""

    tables: tuple[QualifiedName, ...]
    mode: Lock
    nowait: bool


@value
class SwitchRule:
    """ALTER TABLE ... ENABLE or DISABLE RULE."""

    table: QualifiedName
    rule: str
    enabled: bool


_STRATEGIES = {
    "PARTITION_STRATEGY_RANGE": "range",
    "PARTITION_STRATEGY_LIST": "list",
    "PARTITION_STRATEGY_HASH": "hash",
}


def create_table(node: Node) -> tuple[CreateTable]:
    """CreateStmt."""
    return (_table(node, None),)


def create_foreign_table(node: Node) -> tuple[CreateTable]:
    """CreateForeignTableStmt."""
    return (_table(inner(node, "base"), word(node, "servername")),)


def _table(node: Node, server: str | None) -> CreateTable:
    bound, key = inner(node, "partbound"), inner(node, "partspec")
    parents = tuple(relation(parent) for parent in unwrapped(node, "inhRelations", "RangeVar"))
    range_var, of_type = inner(node, "relation"), inner(node, "ofTypename")
    persistence = word(range_var, "relpersistence")
    return CreateTable(
        name=relation(range_var),
        columns=tuple(column(made) for made in unwrapped(node, "tableElts", "ColumnDef")),
        constraints=constraints(unwrapped(node, "tableElts", "Constraint")),
        if_not_exists=flag(node, "if_not_exists"),
        temporary=persistence == "t",
        unlogged=persistence == "u",
        partition_of=parents[0] if bound and parents else None,
        default_partition=flag(bound, "is_default"),
        partitioned_by=_STRATEGIES.get(word(key, "strategy")),
        partition_columns=tuple(word(part, "name") for part in unwrapped(key, "partParams", "PartitionElem")),
        inherits=() if bound else parents,
        like=tuple(relation_at(made, "relation") for made in unwrapped(node, "tableElts", "TableLikeClause")),
        like_including=tuple(_including(made) for made in unwrapped(node, "tableElts", "TableLikeClause")),
        of_type=type_name(of_type) if of_type else None,
        server=server,
        options=tuple(options(node, "options").items()),
        tablespace=word(node, "tablespacename") or None,
        partition_bound=Expression({"PartitionBoundSpec": bound}) if bound else None,
    )


# parsenodes.h, TableLikeOption.
_INCLUDING = {2: "constraints", 3: "defaults", 4: "generated", 5: "identity", 6: "indexes"}


def _including(like: Node) -> frozenset[str]:
    chosen = number(like, "options")
    return frozenset(name for bit, name in _INCLUDING.items() if chosen >> bit & 1)


def create_table_as(node: Node) -> tuple[CreateTableAs]:
    """CreateTableAsStmt."""
    into = inner(node, "into")
    return (
        CreateTableAs(
            name=relation_at(into, "rel"),
            materialized_view=word(node, "objtype") == "OBJECT_MATVIEW",
            sources=relations(inner(node, "query")),
            with_data=not flag(into, "skipData"),
            if_not_exists=flag(node, "if_not_exists"),
            temporary=word(inner(into, "rel"), "relpersistence") == "t",
            query=expression(node, "query"),
        ),
    )


# The numbers of LOCK TABLE's modes (lockdefs.h), which are Lock's own order.
_MODES = tuple(Lock)


def lock_table(node: Node) -> tuple[LockTable]:
    """LockStmt."""
    mode = node.get("mode")
    tables = tuple(relation(made) for made in unwrapped(node, "relations", "RangeVar"))
    return (LockTable(tables, _MODES[mode if isinstance(mode, int) else 8], flag(node, "nowait")),)


def truncate(node: Node) -> tuple[Truncate]:
    """TruncateStmt."""
    tables = tuple(relation(made) for made in unwrapped(node, "relations", "RangeVar"))
    return (Truncate(tables, word(node, "behavior") == "DROP_CASCADE", flag(node, "restart_seqs")),)


def storage_parameters(name: QualifiedName, kind: ObjectKind, command: Node) -> SetStorageParameters:
    """SET (...) and RESET (...) of an AlterTableCmd."""
    _, listed = unwrap(inner(command, "def"))
    reset = word(command, "subtype") == "AT_ResetRelOptions"
    return SetStorageParameters(name, tuple(options(listed, "items").items()), reset, kind)


_IDENTITIES = {"d": "default", "f": "full", "n": "nothing", "i": "index"}


def replica_identity(table: QualifiedName, command: Node) -> SetReplicaIdentity:
    """REPLICA IDENTITY of an AlterTableCmd."""
    definition = inner(inner(command, "def"), "ReplicaIdentityStmt")
    identity = _IDENTITIES.get(word(definition, "identity_type"), "default")
    return SetReplicaIdentity(table, identity, word(definition, "name") or None)

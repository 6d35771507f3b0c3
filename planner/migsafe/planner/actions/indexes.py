"""Indexes, and the upkeep of tables: REINDEX, CLUSTER, VACUUM, ANALYZE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.expressions import expression
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, inner, items, named, options, relation, relation_at, unwrapped, word
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.tree import Node


@value
class IndexColumn:
    """One key of an index: a column, or an expression."""

    name: str | None
    expression: Expression | None
    operator_class: QualifiedName | None
    collation: QualifiedName | None
    descending: bool
    nulls: str
    """`first`, `last`, or empty for the default."""


@value
class CreateIndex:
    """CREATE INDEX."""

    name: str | None
    """None where PostgreSQL is to make a name up. The index lives in the schema of its table."""
    table: QualifiedName
    unique: bool
    concurrently: bool
    if_not_exists: bool
    columns: tuple[IndexColumn, ...]
    include: tuple[str, ...]
    where: Expression | None
    only: bool
    """ON ONLY: an invalid index on a partitioned table, to which partitions' indexes are attached."""
    method: str
    nulls_not_distinct: bool
    options: tuple[tuple[str, str], ...]
    tablespace: str | None

    @property
    def qualified(self) -> QualifiedName | None:
        """Name of the index in its table's schema."""
        return QualifiedName(self.name, self.table.schema) if self.name is not None else None


@value
class Reindex:
    """REINDEX; `kind` is `index`, `table`, `schema`, `system` or `database`."""

    kind: str
    name: QualifiedName | None
    """None for the current database."""
    concurrently: bool


@value
class Cluster:
    """CLUSTER; without a table, all that were clustered before."""

    table: QualifiedName | None
    index: str | None


@value
class Vacuum:
    """VACUUM; without tables, the whole database."""

    tables: tuple[QualifiedName, ...]
    full: bool
    analyze: bool


@value
class Analyze:
    """ANALYZE; without tables, the whole database."""

    tables: tuple[QualifiedName, ...]


@value
class CreateStatistics:
    """CREATE STATISTICS."""

    name: QualifiedName
    tables: tuple[QualifiedName, ...]


def create_index(node: Node) -> tuple[CreateIndex]:
    """IndexStmt."""
    return (
        CreateIndex(
            name=word(node, "idxname") or None,
            table=relation_at(node, "relation"),
            unique=flag(node, "unique"),
            concurrently=flag(node, "concurrent"),
            if_not_exists=flag(node, "if_not_exists"),
            columns=tuple(_column(part) for part in unwrapped(node, "indexParams", "IndexElem")),
            include=tuple(word(part, "name") for part in unwrapped(node, "indexIncludingParams", "IndexElem")),
            where=expression(node, "whereClause"),
            only=not flag(inner(node, "relation"), "inh"),
            method=word(node, "accessMethod"),
            nulls_not_distinct=flag(node, "nulls_not_distinct"),
            options=tuple(options(node, "options").items()),
            tablespace=word(node, "tableSpace") or None,
        ),
    )


_NULLS = {"SORTBY_NULLS_FIRST": "first", "SORTBY_NULLS_LAST": "last"}


def _column(node: Node) -> IndexColumn:
    return IndexColumn(
        word(node, "name") or None,
        expression(node, "expr"),
        named(node, "opclass") if items(node, "opclass") else None,
        named(node, "collation") if items(node, "collation") else None,
        word(node, "ordering") == "SORTBY_DESC",
        _NULLS.get(word(node, "nulls_ordering"), ""),
    )


OFF = frozenset({"false", "off", "0", "no"})
"""The ways to say no in an option list."""


def reindex(node: Node) -> tuple[Reindex]:
    """ReindexStmt."""
    kind = word(node, "kind").removeprefix("REINDEX_OBJECT_").lower()
    name = relation_at(node, "relation") if inner(node, "relation") else None
    if word(node, "name"):
        name = QualifiedName(word(node, "name"))
    return (Reindex(kind, name, options(node, "params").get("concurrently", "off") not in OFF),)


def cluster(node: Node) -> tuple[Cluster]:
    """ClusterStmt."""
    table = relation_at(node, "relation") if inner(node, "relation") else None
    return (Cluster(table, word(node, "indexname") or None),)


def vacuum(node: Node) -> tuple[Vacuum | Analyze]:
    """VacuumStmt, which also stands for ANALYZE."""
    tables = tuple(relation(inner(part, "relation")) for part in unwrapped(node, "rels", "VacuumRelation"))
    if not flag(node, "is_vacuumcmd"):
        return (Analyze(tables),)
    chosen = options(node, "options")
    return (Vacuum(tables, chosen.get("full", "off") not in OFF, chosen.get("analyze", "off") not in OFF),)


def create_statistics(node: Node) -> tuple[CreateStatistics]:
    """CreateStatsStmt."""
    tables = tuple(relation(made) for made in unwrapped(node, "relations", "RangeVar"))
    return (CreateStatistics(named(node, "defnames"), tables),)

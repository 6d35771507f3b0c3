"""Which statements PostgreSQL refuses to run inside a transaction block."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from migsafe.planner.tree import constant, flag, inner, options, unwrapped, word

if TYPE_CHECKING:
    from collections.abc import Callable

    from migsafe.planner.tree import Node


class When(StrEnum):
    """What must hold for the server to insist that the statement stands alone."""

    ALWAYS = "always"
    IF_PARTITIONED = "if the table or index is partitioned"
    IF_IT_COMMITS = "if its body commits or rolls back"


@dataclass(frozen=True, slots=True)
class Alone:
    """A statement that raises 25001 (or 2D000) in a transaction block."""

    command: str
    """As the server's message names it, e.g. `CREATE INDEX CONCURRENTLY`."""
    when: When = When.ALWAYS


def alone(kind: str, node: Node) -> Alone | None:
    """Why the statement cannot share a transaction, or None.

    Source: the calls of PreventInTransactionBlock in PostgreSQL 13 to 18 (utility.c, indexcmds.c, cluster.c, vacuum.c,
    subscriptioncmds.c, dbcommands.c, discard). Majors differ in nothing that is listed here but new syntax.
    """
    if kind in _ALWAYS:
        return Alone(_ALWAYS[kind])
    reader = _READERS.get(kind)
    return reader(node) if reader else None


_ALWAYS = {
    "AlterSystemStmt": "ALTER SYSTEM",
    "CreatedbStmt": "CREATE DATABASE",
    "DropdbStmt": "DROP DATABASE",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
    "DropTableSpaceStmt": "DROP TABLESPACE",
    "DropSubscriptionStmt": "DROP SUBSCRIPTION",
}


def _index(node: Node) -> Alone | None:
    return Alone("CREATE INDEX CONCURRENTLY") if flag(node, "concurrent") else None


def _drop(node: Node) -> Alone | None:
    return Alone("DROP INDEX CONCURRENTLY") if flag(node, "concurrent") else None


def _reindex(node: Node) -> Alone | None:
    if options(node, "params").get("concurrently", "false") not in {"false", "off", "0"}:
        return Alone("REINDEX CONCURRENTLY")
    kind = word(node, "kind").removeprefix("REINDEX_OBJECT_")
    if kind in {"SCHEMA", "SYSTEM", "DATABASE"}:
        return Alone(f"REINDEX {kind}")
    return Alone(f"REINDEX {kind}", When.IF_PARTITIONED)


def _cluster(node: Node) -> Alone | None:
    return Alone("CLUSTER", When.IF_PARTITIONED) if inner(node, "relation") else Alone("CLUSTER")


def _vacuum(node: Node) -> Alone | None:
    return Alone("VACUUM") if flag(node, "is_vacuumcmd") else None


def _alter_table(node: Node) -> Alone | None:
    for command in unwrapped(node, "cmds", "AlterTableCmd"):
        partition = inner(inner(command, "def"), "PartitionCmd")
        if word(command, "subtype") == "AT_DetachPartition" and flag(partition, "concurrent"):
            return Alone("ALTER TABLE ... DETACH CONCURRENTLY")
    return None


def _alter_database(node: Node) -> Alone | None:
    return Alone("ALTER DATABASE SET TABLESPACE") if "tablespace" in options(node, "options") else None


def _discard(node: Node) -> Alone | None:
    return Alone("DISCARD ALL") if word(node, "target") == "DISCARD_ALL" else None


_OFF = frozenset({"false", "off", "0", "no"})


def _create_subscription(node: Node) -> Alone | None:
    chosen = options(node, "options")
    makes_slot = chosen.get("create_slot", chosen.get("connect", "true")) not in _OFF
    return Alone("CREATE SUBSCRIPTION ... WITH (create_slot = true)") if makes_slot else None


def _alter_subscription(node: Node) -> Alone | None:
    kind = word(node, "kind")
    chosen = options(node, "options")
    if kind == "ALTER_SUBSCRIPTION_REFRESH":
        return Alone("ALTER SUBSCRIPTION ... REFRESH")
    if kind.endswith("_PUBLICATION") and chosen.get("refresh", "true") not in _OFF:
        return Alone("ALTER SUBSCRIPTION with refresh")
    if kind == "ALTER_SUBSCRIPTION_OPTIONS" and chosen.keys() & {"failover", "two_phase"}:
        return Alone("ALTER SUBSCRIPTION ... SET (failover, two_phase)")
    return None


def _call(_node: Node) -> Alone | None:
    return Alone("CALL", When.IF_IT_COMMITS)


def _do(node: Node) -> Alone | None:
    """A DO block may commit, but only outside of a transaction block; its words tell whether it might."""
    for element in unwrapped(node, "args", "DefElem"):
        body = constant(inner(element, "arg")) or ""
        if word(element, "defname") == "as" and _ENDS_A_TRANSACTION.search(body):
            return Alone("DO with COMMIT or ROLLBACK")
    return None


# PL/pgSQL's statements COMMIT and ROLLBACK, which stand alone or with AND [NO] CHAIN. In a comment or a string the same
# words cost no more than a transaction less.
_ENDS_A_TRANSACTION = re.compile(r"\b(?:commit|rollback)(?:\s+and\s+(?:no\s+)?chain)?\s*;", re.IGNORECASE)


def _transaction(node: Node) -> Alone | None:
    kind = word(node, "kind")
    if kind in {"TRANS_STMT_COMMIT_PREPARED", "TRANS_STMT_ROLLBACK_PREPARED"}:
        return Alone(kind.removeprefix("TRANS_STMT_").replace("_", " "))
    return None


_READERS: dict[str, Callable[[Node], Alone | None]] = {
    "IndexStmt": _index,
    "DropStmt": _drop,
    "ReindexStmt": _reindex,
    "ClusterStmt": _cluster,
    "VacuumStmt": _vacuum,
    "AlterTableStmt": _alter_table,
    "AlterDatabaseStmt": _alter_database,
    "DiscardStmt": _discard,
    "CreateSubscriptionStmt": _create_subscription,
    "AlterSubscriptionStmt": _alter_subscription,
    "CallStmt": _call,
    "DoStmt": _do,
    "TransactionStmt": _transaction,
}

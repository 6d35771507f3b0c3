"""BEGIN, COMMIT, ROLLBACK and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.unread import Unread
from migsafe.planner.actions.value import value
from migsafe.planner.tree import constant, flag, inner, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Node


@value
class Begin:
    """BEGIN or START TRANSACTION, with its modes (`transaction_isolation`, `transaction_read_only` ...)."""

    modes: tuple[tuple[str, str], ...]


@value
class Commit:
    """COMMIT or END."""

    chain: bool


@value
class Rollback:
    """ROLLBACK or ABORT."""

    chain: bool


@value
class Savepoint:
    """SAVEPOINT."""

    name: str


@value
class ReleaseSavepoint:
    """RELEASE SAVEPOINT."""

    name: str


@value
class RollbackToSavepoint:
    """ROLLBACK TO SAVEPOINT."""

    name: str


@value
class TwoPhase:
    """PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED."""

    command: str
    identifier: str


TransactionControl = Begin | Commit | Rollback | Savepoint | ReleaseSavepoint | RollbackToSavepoint | TwoPhase


def transaction(node: Node) -> tuple[TransactionControl | Unread]:  # noqa: PLR0911 - one for each command
    """TransactionStmt."""
    name, chain = word(node, "savepoint_name"), flag(node, "chain")
    match word(node, "kind").removeprefix("TRANS_STMT_"):
        case "BEGIN" | "START":
            found = unwrapped(node, "options", "DefElem")
            return (Begin(tuple((word(each, "defname"), constant(inner(each, "arg")) or "") for each in found)),)
        case "COMMIT":
            return (Commit(chain),)
        case "ROLLBACK":
            return (Rollback(chain),)
        case "SAVEPOINT":
            return (Savepoint(name),)
        case "RELEASE":
            return (ReleaseSavepoint(name),)
        case "ROLLBACK_TO":
            return (RollbackToSavepoint(name),)
        case "PREPARE" | "COMMIT_PREPARED" | "ROLLBACK_PREPARED" as command:
            return (TwoPhase(command.replace("_", " "), word(node, "gid")),)
        case other:
            return (Unread(f"TransactionStmt.{other}"),)

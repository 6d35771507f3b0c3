"""Row level security: whether it holds for a table, and its policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.expressions import expression
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, relation_at, roles, word

if TYPE_CHECKING:
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class EnableRowSecurity:
    """ALTER TABLE ... ENABLE ROW LEVEL SECURITY."""

    table: QualifiedName


@value
class DisableRowSecurity:
    """ALTER TABLE ... DISABLE ROW LEVEL SECURITY: the policies stay and mean nothing."""

    table: QualifiedName


@value
class ForceRowSecurity:
    """ALTER TABLE ... FORCE ROW LEVEL SECURITY: policies hold for the owner too."""

    table: QualifiedName


@value
class NoForceRowSecurity:
    """ALTER TABLE ... NO FORCE ROW LEVEL SECURITY."""

    table: QualifiedName


@value
class CreatePolicy:
    """CREATE POLICY."""

    name: str
    table: QualifiedName
    command: str
    """`all`, `select`, `insert`, `update` or `delete`."""
    permissive: bool
    roles: tuple[str, ...]
    using: Expression | None
    with_check: Expression | None


@value
class AlterPolicy:
    """ALTER POLICY; what the statement does not speak of is empty or None."""

    name: str
    table: QualifiedName
    roles: tuple[str, ...]
    using: Expression | None
    with_check: Expression | None


def create_policy(node: Node) -> tuple[CreatePolicy]:
    """CreatePolicyStmt."""
    return (
        CreatePolicy(
            word(node, "policy_name"),
            relation_at(node, "table"),
            word(node, "cmd_name"),
            flag(node, "permissive"),
            roles(node, "roles"),
            expression(node, "qual"),
            expression(node, "with_check"),
        ),
    )


def alter_policy(node: Node) -> tuple[AlterPolicy]:
    """AlterPolicyStmt."""
    return (
        AlterPolicy(
            word(node, "policy_name"),
            relation_at(node, "table"),
            roles(node, "roles"),
            expression(node, "qual"),
            expression(node, "with_check"),
        ),
    )

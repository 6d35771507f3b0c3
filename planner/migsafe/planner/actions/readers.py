"""Which reader turns which node of the parser into actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions import (
    alter_table,
    data,
    databases,
    drops,
    functions,
    indexes,
    ownership,
    policies,
    privileges,
    rare,
    replication,
    schemas_,
    sequences,
    session,
    tables,
    transaction_control,
    triggers,
    types,
    views,
)
from migsafe.planner.actions.unread import Unread
from migsafe.planner.tree import items, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from migsafe.planner.actions.vocabulary import Action
    from migsafe.planner.tree import Node


def read(kind: str, node: Node) -> tuple[Action, ...]:
    """What a statement does, in the order in which it does it; `Unread` for a kind that has no reader."""
    reader = READERS.get(kind)
    if reader is not None:
        return reader(node)
    command = session.COMMANDS.get(kind)
    return (session.SessionCommand(command) if command else Unread(kind),)


def _create_schema(node: Node) -> tuple[Action, ...]:
    made: list[Action] = [schemas_.create_schema(node)]
    for element in items(node, "schemaElts"):
        made.extend(read(*unwrap(element)))
    return tuple(made)


READERS: dict[str, Callable[[Node], tuple[Action, ...]]] = {
    "AlterDatabaseRefreshCollStmt": databases.refresh_collation,
    "AlterDatabaseSetStmt": databases.alter_database_setting,
    "AlterDatabaseStmt": databases.alter_database,
    "AlterDefaultPrivilegesStmt": privileges.default_privileges,
    "AlterDomainStmt": types.alter_domain,
    "AlterEnumStmt": types.alter_enum,
    "AlterEventTrigStmt": triggers.alter_event_trigger,
    "AlterExtensionContentsStmt": schemas_.extension_member,
    "AlterExtensionStmt": schemas_.update_extension,
    "AlterFunctionStmt": functions.alter_function,
    "AlterObjectSchemaStmt": ownership.set_schema,
    "AlterOwnerStmt": ownership.change_owner,
    "AlterPolicyStmt": policies.alter_policy,
    "AlterPublicationStmt": replication.alter_publication,
    "AlterRoleSetStmt": privileges.alter_role_setting,
    "AlterRoleStmt": privileges.alter_role,
    "AlterSeqStmt": sequences.alter_sequence,
    "AlterSubscriptionStmt": replication.alter_subscription,
    "AlterSystemStmt": databases.alter_system,
    "AlterTableMoveAllStmt": databases.move_tablespace,
    "AlterTableSpaceOptionsStmt": databases.alter_tablespace,
    "AlterTableStmt": alter_table.alter_table,
    "AlterTypeStmt": types.tune_type,
    "CallStmt": functions.call_procedure,
    "ClusterStmt": indexes.cluster,
    "CommentStmt": ownership.comment,
    "CompositeTypeStmt": types.create_composite,
    "ConstraintsSetStmt": session.set_constraints,
    "CopyStmt": data.copy,
    "CreateDomainStmt": types.create_domain,
    "CreateEnumStmt": types.create_enum,
    "CreateEventTrigStmt": triggers.create_event_trigger,
    "CreateExtensionStmt": schemas_.create_extension,
    "CreateForeignTableStmt": tables.create_foreign_table,
    "CreateFunctionStmt": functions.create_function,
    "CreatePolicyStmt": policies.create_policy,
    "CreatePublicationStmt": replication.create_publication,
    "CreateRangeStmt": types.create_range,
    "CreateRoleStmt": privileges.create_role,
    "CreateSchemaStmt": _create_schema,
    "CreateSeqStmt": sequences.create_sequence,
    "CreateStatsStmt": indexes.create_statistics,
    "CreateStmt": tables.create_table,
    "CreateSubscriptionStmt": replication.create_subscription,
    "CreateTableAsStmt": tables.create_table_as,
    "CreateTableSpaceStmt": databases.create_tablespace,
    "CreateTrigStmt": triggers.create_trigger,
    "CreatedbStmt": databases.create_database,
    "DefineStmt": rare.define,
    "DeleteStmt": data.delete,
    "DiscardStmt": session.discard,
    "DoStmt": functions.do_block,
    "DropOwnedStmt": drops.drop_owned,
    "DropRoleStmt": drops.drop_role,
    "DropStmt": drops.drop,
    "DropSubscriptionStmt": drops.drop_subscription,
    "DropTableSpaceStmt": drops.drop_tablespace,
    "DropUserMappingStmt": drops.drop_user_mapping,
    "DropdbStmt": drops.drop_database,
    "ExplainStmt": data.explain,
    "GrantRoleStmt": privileges.grant_role,
    "GrantStmt": privileges.grant,
    "ImportForeignSchemaStmt": rare.import_foreign_schema,
    "IndexStmt": indexes.create_index,
    "InsertStmt": data.insert,
    "LockStmt": tables.lock_table,
    "MergeStmt": data.merge,
    "ReassignOwnedStmt": privileges.reassign_owned,
    "RefreshMatViewStmt": views.refresh,
    "ReindexStmt": indexes.reindex,
    "RenameStmt": ownership.rename,
    "RuleStmt": triggers.create_rule,
    "SecLabelStmt": ownership.security_label,
    "SelectStmt": data.select,
    "TransactionStmt": transaction_control.transaction,
    "TruncateStmt": tables.truncate,
    "UpdateStmt": data.update,
    "VacuumStmt": indexes.vacuum,
    "VariableSetStmt": session.set_variable,
    "ViewStmt": views.create_view,
    **rare.ALTERS,
    **rare.CREATES,
}

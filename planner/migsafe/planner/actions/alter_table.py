"""ALTER TABLE and its kin: one action for each of its commands, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions import columns, constraints, partitions, tables
from migsafe.planner.actions.expressions import expression
from migsafe.planner.actions.objects import ObjectKind, kind_of
from migsafe.planner.actions.ownership import ChangeOwner
from migsafe.planner.actions.policies import (
    DisableRowSecurity,
    EnableRowSecurity,
    ForceRowSecurity,
    NoForceRowSecurity,
)
from migsafe.planner.actions.triggers import DisableTrigger, EnableTrigger
from migsafe.planner.actions.types import AlterCompositeType
from migsafe.planner.actions.unread import Unread
from migsafe.planner.tree import flag, inner, relation, relation_at, role, unwrapped, word

if TYPE_CHECKING:
    from collections.abc import Callable

    from migsafe.planner.actions.vocabulary import Action
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


def alter_table(node: Node) -> tuple[Action, ...]:
    """AlterTableStmt, which also stands for ALTER INDEX, VIEW, SEQUENCE, FOREIGN TABLE and composite TYPE."""
    name = relation_at(node, "relation")
    kind = kind_of(node, "objtype")
    commands = unwrapped(node, "cmds", "AlterTableCmd")
    if kind is ObjectKind.TYPE:
        return tuple(_attribute(name, command) for command in commands)
    only = not flag(inner(node, "relation"), "inh")
    return tuple(_read(name, kind, command, only) for command in commands)


def _attribute(name: QualifiedName, command: Node) -> Action:
    change = word(command, "subtype").removeprefix("AT_")
    attribute = word(command, "name") or word(inner(inner(command, "def"), "ColumnDef"), "colname")
    return AlterCompositeType(name, change, attribute, word(command, "behavior") == "DROP_CASCADE")


def _read(name: QualifiedName, kind: ObjectKind, command: Node, only: bool) -> Action:  # noqa: FBT001, PLR0911 - read from the tree; one for each case
    subtype = word(command, "subtype")
    if reader := _READERS.get(subtype):
        return reader(name, command)
    if subtype in _TRIGGERS:
        return _trigger(name, subtype, word(command, "name"))
    match subtype:
        case "AT_AddConstraint":
            return _add_constraint(name, command, only)
        case "AT_SetRelOptions" | "AT_ResetRelOptions" | "AT_GenericOptions":
            return tables.storage_parameters(name, kind, command)
        case "AT_SetTableSpace":
            return tables.SetTablespace(name, word(command, "name"), kind)
        case "AT_ChangeOwner":
            return ChangeOwner(kind, name, role(inner(command, "newowner")))
        case "AT_EnableRule" | "AT_EnableAlwaysRule" | "AT_EnableReplicaRule" | "AT_DisableRule":
            return tables.SwitchRule(name, word(command, "name"), subtype != "AT_DisableRule")
        case _:
            return Unread(f"AlterTableStmt.{subtype}")


def _add_constraint(table: QualifiedName, command: Node, only: bool) -> Action:  # noqa: FBT001 - read from the tree
    made = constraints.constraint(inner(inner(command, "def"), "Constraint"))
    if made is None:
        return Unread("AlterTableStmt.AT_AddConstraint")
    return constraints.AddConstraint(table, made, only)


_TRIGGERS = {
    "AT_EnableTrig": "origin",
    "AT_EnableAlwaysTrig": "always",
    "AT_EnableReplicaTrig": "replica",
    "AT_EnableTrigAll": "all",
    "AT_EnableTrigUser": "user",
    "AT_DisableTrig": "",
    "AT_DisableTrigAll": "all",
    "AT_DisableTrigUser": "user",
}


def _trigger(table: QualifiedName, subtype: str, name: str) -> Action:
    which = name or _TRIGGERS[subtype].upper()
    if subtype.startswith("AT_Disable"):
        return DisableTrigger(table, which)
    mode = _TRIGGERS[subtype]
    return EnableTrigger(table, which, mode if mode in {"always", "replica"} else "origin")


def _drop_constraint(table: QualifiedName, command: Node) -> Action:
    cascade = word(command, "behavior") == "DROP_CASCADE"
    return constraints.DropConstraint(table, word(command, "name"), flag(command, "missing_ok"), cascade)


def _alter_constraint(table: QualifiedName, command: Node) -> Action:
    change = inner(inner(command, "def"), "ATAlterConstraint")
    return constraints.AlterConstraint(
        table,
        word(change, "conname"),
        flag(change, "deferrable"),
        flag(change, "initdeferred"),
        flag(change, "is_enforced") if flag(change, "alterEnforceability") else None,
    )


def _set_expression(table: QualifiedName, command: Node) -> Action:
    definition = expression(command, "def")
    if definition is None:
        return Unread("AlterTableStmt.AT_SetExpression")
    return columns.SetGeneratedExpression(table, word(command, "name"), definition)


def _parent(command: Node) -> QualifiedName:
    return relation(inner(inner(command, "def"), "RangeVar"))


_READERS: dict[str, Callable[[QualifiedName, Node], Action]] = {
    "AT_AddColumn": columns.add_column,
    "AT_DropColumn": columns.drop_column,
    "AT_AlterColumnType": columns.alter_type,
    "AT_ColumnDefault": columns.column_default,
    "AT_SetNotNull": lambda table, command: columns.SetNotNull(table, word(command, "name")),
    "AT_DropNotNull": lambda table, command: columns.DropNotNull(table, word(command, "name")),
    "AT_AddIdentity": columns.add_identity,
    "AT_DropIdentity": lambda table, command: columns.DropIdentity(
        table, word(command, "name"), flag(command, "missing_ok")
    ),
    "AT_SetExpression": _set_expression,
    "AT_DropExpression": lambda table, command: columns.DropGeneratedExpression(
        table, word(command, "name"), flag(command, "missing_ok")
    ),
    **dict.fromkeys(columns.SETTINGS, columns.tune_column),
    "AT_DropConstraint": _drop_constraint,
    "AT_AlterConstraint": _alter_constraint,
    "AT_ValidateConstraint": lambda table, command: constraints.ValidateConstraint(table, word(command, "name")),
    "AT_AttachPartition": partitions.attach_partition,
    "AT_DetachPartition": partitions.detach_partition,
    "AT_DetachPartitionFinalize": partitions.detach_partition,
    "AT_SetLogged": lambda table, _: tables.SetLogged(table, True),
    "AT_SetUnLogged": lambda table, _: tables.SetLogged(table, False),
    "AT_SetAccessMethod": lambda table, command: tables.SetAccessMethod(table, word(command, "name")),
    "AT_AddInherit": lambda table, command: tables.Inherit(table, _parent(command), True),
    "AT_DropInherit": lambda table, command: tables.Inherit(table, _parent(command), False),
    "AT_ReplicaIdentity": tables.replica_identity,
    "AT_ClusterOn": lambda table, command: tables.ClusterOn(table, word(command, "name")),
    "AT_DropCluster": lambda table, _: tables.ClusterOn(table, None),
    "AT_EnableRowSecurity": lambda table, _: EnableRowSecurity(table),
    "AT_DisableRowSecurity": lambda table, _: DisableRowSecurity(table),
    "AT_ForceRowSecurity": lambda table, _: ForceRowSecurity(table),
    "AT_NoForceRowSecurity": lambda table, _: NoForceRowSecurity(table),
}

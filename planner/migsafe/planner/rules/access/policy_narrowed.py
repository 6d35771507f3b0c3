"""Access that becomes less on a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.policy_changes import (
    known_policy,
    made,
    overlap,
    permissive,
    switched,
    table_goes,
    words,
)
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _without_successor(context: Context, table: QualifiedName, command: str) -> bool:
    """Whether the transaction neither makes another permissive policy for the command nor leaves one in place."""
    new = made((*context.earlier(), *context.later()), context, table)
    if switched(context, table) or table_goes(context, table):
        return False
    return not any(each.permissive and overlap(each.command, command) for each in new)


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.POLICY, name=name, table=table) if table is not None and context.live(table):
            known = known_policy(context, table, name.name)
            if known is not None and known.permissive and _without_successor(context, table, known.command):
                yield Hit(table, f"rows of {table} that only {name} let through are closed to {words(known.command)}")
        case act.CreatePolicy(table=table, name=name, permissive=False) if context.live(table):
            told = context.state.table(table)
            replaced = any(not each.permissive for each in told.policies.values()) if told is not None else False
            opened = any(permissive(context, table, action.command, action.roles))  # else there was nothing to lose
            guarded = told is not None and told.row_security is True and not switched(context, table)
            if guarded and opened and not replaced:
                yield Hit(table, f"{words(action.command)} of {table} asks for the condition of {name} too from now on")


RULE = Rule(
    name="policy-narrowed",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=6,
    harm="Callers that relied on the rows find them gone, without an error; INSERT and UPDATE may be refused.",
    remedy="Make sure that no released client needs the rows, and try the new policies as each role.",
    before="""
CREATE TABLE notes (id bigint PRIMARY KEY, owner name, shared boolean);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_read ON notes FOR SELECT USING (owner = current_user OR shared);
""",
    unsafe="DROP POLICY notes_read ON notes;",
    safe="ALTER POLICY notes_read ON notes USING (owner = current_user);",
    check=OnActions((act.Drop, act.CreatePolicy), _find),
)

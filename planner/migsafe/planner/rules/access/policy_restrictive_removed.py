"""A restrictive policy dropped from a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.policy_changes import known_policy, made, overlap, table_goes
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.POLICY, name=name, table=table) if table is not None and context.live(table):
            known = known_policy(context, table, name.name)
            if known is None or known.permissive or table_goes(context, table):
                return
            new = made((*context.earlier(), *context.later()), context, table)
            if not any(not each.permissive and overlap(each.command, known.command) for each in new):
                yield Hit(table, f"nothing asks for the condition of {name} on {table} any more")


RULE = Rule(
    name="policy-restrictive-removed",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=40,
    harm="A restrictive policy limits all others. Without it, every row that they let through can be reached.",
    remedy="Write the new condition with ALTER POLICY, or create its successor in the same transaction.",
    before="""
CREATE TABLE notes (id bigint PRIMARY KEY, owner name, secret boolean);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_all ON notes FOR SELECT USING (owner = current_user);
CREATE POLICY notes_open ON notes AS RESTRICTIVE FOR SELECT USING (NOT secret);
""",
    unsafe="DROP POLICY notes_open ON notes;",
    safe="ALTER POLICY notes_open ON notes USING (NOT secret OR owner = current_user);",
    check=OnActions((act.Drop,), _find),
)

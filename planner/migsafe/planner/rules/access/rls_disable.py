"""DISABLE ROW LEVEL SECURITY on a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.DisableRowSecurity(table=table) if context.live(table):
            yield Hit(table, f"the policies of {table} mean nothing from now on")
        case act.NoForceRowSecurity(table=table) if context.live(table):
            yield Hit(table, f"the policies of {table} no longer hold for its owner")


RULE = Rule(
    name="rls-disable",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=60,
    harm="Everybody with rights on the table sees and changes every row of it.",
    remedy="Write a policy for what is missing, and leave row level security on.",
    before="""
CREATE TABLE notes (id bigint PRIMARY KEY, owner name);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
""",
    unsafe="ALTER TABLE notes DISABLE ROW LEVEL SECURITY;",
    safe="CREATE POLICY notes_own ON notes FOR SELECT USING (owner = current_user);",
    check=OnActions((act.DisableRowSecurity, act.NoForceRowSecurity), _find),
)

"""The condition or the roles of a policy changed in place."""

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
        case act.AlterPolicy(table=table, name=name) if context.live(table):
            parts = {"roles": action.roles, "USING": action.using, "WITH CHECK": action.with_check}
            changed = " and ".join(part for part, new in parts.items() if new)
            yield Hit(table, f"policy {name} of {table} gets another {changed}")


RULE = Rule(
    name="policy-altered",
    severity=Severity.OFF,
    dimension=Dimension.SECURITY,
    points=4,
    harm="Who reaches which rows is another question from the next statement on.",
    remedy="Try the new condition as each role, for rows that must be reached and rows that must not.",
    before="""
CREATE TABLE notes (id bigint PRIMARY KEY, owner name, shared boolean);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_read ON notes FOR SELECT USING (owner = current_user);
""",
    unsafe="ALTER POLICY notes_read ON notes USING (owner = current_user OR shared);",
    safe="CREATE POLICY notes_shared ON notes FOR UPDATE USING (owner = current_user);",
    check=OnActions((act.AlterPolicy,), _find),
)

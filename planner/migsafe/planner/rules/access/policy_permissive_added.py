"""A further permissive policy on a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.policy_changes import dropped, known_policy, permissive, switched, words
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _replaces(action: act.CreatePolicy, context: Context) -> bool:
    """Whether the transaction drops a policy of the table: what was there before is written anew."""
    return any(dropped((*context.earlier(), *context.later()), context, action.table))


def _widens(action: act.CreatePolicy, context: Context) -> bool:
    known = context.state.table(action.table)
    guarded = known is not None and known.row_security is True and context.live(action.table)
    if not guarded or not action.permissive or switched(context, action.table):
        return False
    return not _replaces(action, context) and known_policy(context, action.table, action.name) is None


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreatePolicy(table=table, name=name, command=command) if _widens(action, context):
            beside = ", ".join(permissive(context, table, command, action.roles))
            if beside:  # the first policy of a command says alone who gets what: nothing is widened
                who = ", ".join(action.roles)
                yield Hit(table, f"policy {name} opens {table} for {words(command)} to {who}, besides {beside}")


RULE = Rule(
    name="policy-permissive-added",
    severity=Severity.NOTICE,
    dimension=Dimension.SECURITY,
    points=4,
    harm="Permissive policies are joined with OR: more rows can be reached from now on, never fewer.",
    remedy="Try it as each role. To ask for one thing more, create the policy AS RESTRICTIVE.",
    before="""
CREATE TABLE notes (id bigint PRIMARY KEY, owner name, team name);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_own ON notes FOR SELECT USING (owner = current_user);
""",
    unsafe="CREATE POLICY notes_team ON notes FOR SELECT USING (team = current_user);",
    safe="ALTER POLICY notes_own ON notes USING (owner = current_user OR team = current_user);",
    check=OnActions((act.CreatePolicy,), _find),
)

"""Row level security enabled on a live table that has no policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.policy_changes import made, table_goes
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _without_policy(context: Context, table: QualifiedName) -> bool:
    """Whether the table has no permissive policy when the transaction ends; one that is dropped later counts as one."""
    known = context.state.table(table)
    has = [each for each in known.policies.values() if each.permissive] if known is not None else []
    soon = [each for each in made(context.later(), context, table) if each.permissive]
    return not has and not soon and not table_goes(context, table)


def _queue(table: QualifiedName) -> bool:
    """Whether it is a queue of pgmq, whose functions pass row level security as its owner."""
    return table.schema == "pgmq"


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.EnableRowSecurity(table=table) if (
            context.live(table) and _without_policy(context, table) and not _queue(table)
        ):
            known = context.state.table(table)
            if known is None or known.row_security is not True:
                yield Hit(table, f"{table} shows no row to anybody but its owner until it gets a policy")
        case act.ForceRowSecurity(table=table) if context.live(table) and _without_policy(context, table):
            yield Hit(table, f"{table} shows no row to its owner either until it gets a policy")


RULE = Rule(
    name="rls-enable-or-force",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=30,
    harm="Queries of all other roles find no row from the next moment on, and INSERT is refused; only roles with "
    "BYPASSRLS, such as Supabase's service_role, still see the table.",
    remedy="Create the policies first, in the same transaction, and try them as each role.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY, owner name);",
    unsafe="ALTER TABLE notes ENABLE ROW LEVEL SECURITY;",
    safe="""
CREATE POLICY notes_own ON notes FOR ALL USING (owner = current_user);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
""",
    check=OnActions((act.EnableRowSecurity, act.ForceRowSecurity), _find),
)

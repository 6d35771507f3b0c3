"""Several permissive policies for one role and one command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.policies_left import COMMANDS, commands_of, meet, policies_left
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.policies_left import Left
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import PolicyState, SchemaState


_PASSING = frozenset({"service_role", "postgres", "supabase_admin"})
"""Supabase's roles with BYPASSRLS: for them no policy is tried."""


def _tried(policy: PolicyState) -> bool:
    return policy.permissive and not (policy.roles and _PASSING.issuperset(policy.roles))


def _beside(left: Left, after: SchemaState) -> Iterator[tuple[str, str]]:
    """The other permissive policies that are tried for the same rows: the command and the policy's name."""
    known = after.table(left.table)
    for name, other in known.policies.items() if known is not None else ():
        if name != left.name and _tried(other) and meet(left.policy.roles, other.roles):
            shared = set(commands_of(other)) & set(commands_of(left.policy))
            yield from ((command, name) for command in COMMANDS if command in shared)


def _find(migrations: tuple[Judged, ...], after: SchemaState, _: Context) -> Iterator[tuple[Statement, Hit]]:
    """One hit for each table: at the last policy that stands beside another."""
    last: dict[str, tuple[Statement, Hit]] = {}
    for left in policies_left(migrations, after):
        one_purpose = _tried(left.policy) and left.table.schema != "storage"  # there each bucket has its own
        beside = list(_beside(left, after)) if one_purpose else []
        if beside:
            command, other = beside[0]
            detail = f"{left.name} and {other} are both tried for each {command} of {left.table}"
            last[str(left.table)] = (left.statement, Hit(left.table, detail))
    yield from last.values()


RULE = Rule(
    name="policy-multiple-permissive",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=2,
    harm="Each of the policies is tried for each row, and a row that one of them lets through is let through.",
    remedy="Merge them into one policy with OR, or give each a role or a command of its own.",
    before="""
CREATE TABLE notes (id bigint PRIMARY KEY, owner name, shared boolean);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_own ON notes FOR SELECT USING (owner = current_user);
""",
    unsafe="CREATE POLICY notes_shared ON notes FOR SELECT USING (shared);",
    safe="ALTER POLICY notes_own ON notes USING (owner = current_user OR shared);",
    check=OnSet(_find),
)

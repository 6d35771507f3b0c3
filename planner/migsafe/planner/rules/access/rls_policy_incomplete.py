"""Policies for changing rows without one for finding them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.policies_left import commands_of, meet, policies_left
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.policies_left import Left
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _blind(left: Left, after: SchemaState) -> bool:
    """Whether the policy is for changes, and no policy lets its roles see a row."""
    known = after.table(left.table)
    if known is None or not left.policy.permissive or left.policy.command not in {"update", "delete"}:
        return False
    readers = (each for each in known.policies.values() if each.permissive and "select" in commands_of(each))
    return not any(meet(left.policy.roles, each.roles) for each in readers)


def _find(migrations: tuple[Judged, ...], after: SchemaState, _: Context) -> Iterator[tuple[Statement, Hit]]:
    for left in policies_left(migrations, after):
        if _blind(left, after):
            detail = (
                f"{left.policy.command} with a WHERE finds no row of {left.table} for {', '.join(left.policy.roles)}"
            )
            yield left.statement, Hit(left.table, detail)


RULE = Rule(
    name="rls-policy-incomplete",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=8,
    harm="UPDATE and DELETE with a WHERE, or with RETURNING, see only rows that a policy for SELECT shows: they do "
    "nothing, and say nothing.",
    remedy="Add a policy FOR SELECT that shows the rows which may be changed.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY, owner name);\nALTER TABLE notes ENABLE ROW LEVEL SECURITY;",
    unsafe="CREATE POLICY notes_edit ON notes FOR UPDATE USING (owner = current_user);",
    safe="""
CREATE POLICY notes_read ON notes FOR SELECT USING (owner = current_user);
CREATE POLICY notes_edit ON notes FOR UPDATE USING (owner = current_user);
""",
    check=OnSet(_find),
)

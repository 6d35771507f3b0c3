"""A policy that lets strangers write every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.policies_left import always_true, commands_of, policies_left
from migsafe.planner.rules.clues.strangers import reached, to_strangers
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.policies_left import Left
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import PolicyState, SchemaState


def _open(policy: PolicyState) -> tuple[str, ...]:
    """The writing commands that its conditions do not limit."""
    using, check = always_true(policy.using), always_true(policy.with_check)
    both = using and (check or policy.with_check is None)
    unlimited = {"insert": check or (both and policy.command == "all"), "update": both, "delete": using}
    return tuple(command for command in commands_of(policy) if unlimited.get(command))


def _limited(after: SchemaState, left: Left) -> bool:
    """Whether a restrictive policy of the table says no where this one says yes."""
    known = after.table(left.table)
    others = known.policies.values() if known is not None else ()
    return any(not each.permissive and set(commands_of(each)) & set(_open(left.policy)) for each in others)


def _find(migrations: tuple[Judged, ...], after: SchemaState, context: Context) -> Iterator[tuple[Statement, Hit]]:
    for left in policies_left(migrations, after):
        commands = _open(left.policy) if left.policy.permissive and to_strangers(left.policy.roles) else ()
        if commands and reached(context, left.table) and not _limited(after, left):
            who = ", ".join(left.policy.roles) or "public"
            detail = f"policy {left.name} lets {who} {', '.join(commands)} any row of {left.table}"
            yield left.statement, Hit(left.table, detail)


RULE = Rule(
    name="policy-always-true",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=45,
    harm="Whoever reaches the API writes whatever they like into the table, also over the rows of others.",
    remedy="Write a condition that ties the row to its caller, or give the policy to a role of the backend only.",
    before="""
CREATE SCHEMA api;
CREATE TABLE api.notes (id bigint PRIMARY KEY, owner name);
ALTER TABLE api.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_read ON api.notes FOR SELECT USING (owner = current_user);
""",
    unsafe="CREATE POLICY notes_edit ON api.notes FOR UPDATE USING (true);",
    safe="CREATE POLICY notes_edit ON api.notes FOR UPDATE USING (owner = current_user);",
    check=OnSet(_find),
)

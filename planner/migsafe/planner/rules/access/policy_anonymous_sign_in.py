"""A policy for `authenticated` that anonymous users pass too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.policies_left import policies_left
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.planner.tree import inner, walk, word
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _asks(condition: Expression | None) -> bool:
    if condition is None:
        return False
    constants = (node for kind, node in walk(condition.node) if kind == "A_Const")
    return any(word(inner(node, "sval"), "sval") == "is_anonymous" for node in constants)


def _find(migrations: tuple[Judged, ...], after: SchemaState, _: Context) -> Iterator[tuple[Statement, Hit]]:
    for left in policies_left(migrations, after):
        known = after.table(left.table)
        stand = known.policies.values() if known is not None else ()
        asked = any(_asks(each.using) or _asks(each.with_check) for each in stand)
        if left.policy.permissive and "authenticated" in left.policy.roles and not asked:
            yield left.statement, Hit(left.table, f"policy {left.name} of {left.table} lets anonymous users in")


RULE = Rule(
    name="policy-anonymous-sign-in",
    severity=Severity.OFF,
    dimension=Dimension.SECURITY,
    points=10,
    harm="With anonymous sign-in switched on, visitors without an account act as `authenticated` and pass the policy.",
    remedy="Ask for ((SELECT auth.jwt()) ->> 'is_anonymous')::boolean IS FALSE, best in a restrictive policy.",
    before="""
DO $$ BEGIN CREATE ROLE authenticated; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE notes (id bigint PRIMARY KEY, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE SCHEMA auth;
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS
  $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
""",
    unsafe="""
CREATE POLICY notes_own ON notes FOR SELECT TO authenticated USING (owner = ((SELECT auth.jwt()) ->> 'sub'));
""",
    safe="""
CREATE POLICY notes_known ON notes AS RESTRICTIVE TO authenticated
  USING (((SELECT auth.jwt()) ->> 'is_anonymous')::boolean IS FALSE);
CREATE POLICY notes_own ON notes FOR SELECT TO authenticated USING (owner = ((SELECT auth.jwt()) ->> 'sub'));
""",
    check=OnSet(_find),
)

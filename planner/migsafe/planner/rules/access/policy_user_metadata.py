"""A policy that believes what users write about themselves."""

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


def _trusts(condition: Expression) -> bool:
    if "raw_user_meta_data" in condition.columns:
        return True
    words = {word(inner(node, "sval"), "sval") for kind, node in walk(condition.node) if kind == "A_Const"}
    parts = {part for each in words for part in each.strip("{}").split(",")}
    asks = any(call.function.name in {"jwt", "current_setting"} for call in condition.calls)
    return asks and bool(parts & {"user_metadata", "raw_user_meta_data"})


def _find(migrations: tuple[Judged, ...], after: SchemaState, _: Context) -> Iterator[tuple[Statement, Hit]]:
    for left in policies_left(migrations, after):
        if any(_trusts(condition) for condition in left.conditions):
            yield left.statement, Hit(left.table, f"policy {left.name} of {left.table} trusts user_metadata")


RULE = Rule(
    name="policy-user-metadata",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=70,
    harm="Users edit their own user_metadata, so that they give themselves the rights that the policy asks for.",
    remedy="Keep roles and rights in app_metadata, or in a table that users cannot write.",
    before="""
CREATE TABLE notes (id bigint PRIMARY KEY, team text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE SCHEMA auth;
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS
  $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
""",
    unsafe="""
CREATE POLICY notes_team ON notes FOR SELECT
  USING (team = ((SELECT auth.jwt()) -> 'user_metadata' ->> 'team'));
""",
    safe="""
CREATE POLICY notes_team ON notes FOR SELECT
  USING (team = ((SELECT auth.jwt()) -> 'app_metadata' ->> 'team'));
""",
    check=OnSet(_find),
)

"""A new table without row level security in a schema that strangers reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _find(migrations: tuple[Judged, ...], after: SchemaState, context: Context) -> Iterator[tuple[Statement, Hit]]:
    """Later migrations of the set may enable it: only what is left at the end counts."""
    for statement in (statement for migration in migrations for statement in migration.statements):
        for action in statement.actions:
            if isinstance(action, act.CreateTable | act.CreateTableAs) and not action.temporary:
                known = after.table(action.name)
                open_to_all = known is not None and known.kind != "materialized view" and known.row_security is False
                if open_to_all and context.exposed(action.name) and not after.row_security_unread:
                    yield statement, Hit(action.name, f"{action.name} has no row level security after these migrations")


RULE = Rule(
    name="rls-disabled-in-api-schema",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=50,
    harm="The API gives every row of the table to whoever has the public key, and takes changes from them.",
    remedy="ALTER TABLE ... ENABLE ROW LEVEL SECURITY in the same migration, with policies for who may do what.",
    before="CREATE SCHEMA api;",
    unsafe="CREATE TABLE api.notes (id bigint PRIMARY KEY, owner name);",
    safe="""
CREATE TABLE api.notes (id bigint PRIMARY KEY, owner name);
ALTER TABLE api.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_own ON api.notes USING (owner = current_user);
""",
    check=OnSet(_find),
)

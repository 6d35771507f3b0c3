"""A table that GraphQL shows to strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.relations_left import tables_left
from migsafe.planner.rules.clues.strangers import rights
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _find(migrations: tuple[Judged, ...], after: SchemaState, context: Context) -> Iterator[tuple[Statement, Hit]]:
    said = rights(migrations)
    for name, made, statement in tables_left(migrations, after):
        if isinstance(made, act.CreateTable) and context.exposed(name) and not said.closed(name):
            yield statement, Hit(name, f"GraphQL tells strangers that {name} is there, and its columns")


RULE = Rule(
    name="graphql-table-exposed",
    severity=Severity.OFF,
    dimension=Dimension.SECURITY,
    points=4,
    harm="pg_graphql lists every table on which a caller has SELECT, with the names and types of its columns.",
    remedy="REVOKE SELECT from anon and authenticated on tables that only the backend needs.",
    before="CREATE SCHEMA api;\nCREATE SCHEMA internal;",
    unsafe="""
CREATE TABLE api.notes (id bigint PRIMARY KEY);
ALTER TABLE api.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_read ON api.notes FOR SELECT USING (id > 0);
""",
    safe="CREATE TABLE internal.notes (id bigint PRIMARY KEY);",
    check=OnSet(_find),
)

"""A view that reads with its owner's rights in a schema that strangers reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.auth_users import shows_users
from migsafe.planner.rules.clues.relations_left import views_left
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
    for view in views_left(migrations, after):
        told_elsewhere = shows_users(view.statement, view.sources)
        if view.security_invoker or told_elsewhere or not context.exposed(view.name) or said.closed(view.name):
            continue
        detail = f"{view.name} reads with its owner's rights, past row level security"
        if view.lost:
            detail = (
                f"{view.name} loses security_invoker, because CREATE OR REPLACE VIEW forgets options it does not name"
            )
        safer = f"{view.statement.sql};\nALTER VIEW {view.name} SET (security_invoker = true);"
        yield view.statement, Hit(view.name, detail, safer)


RULE = Rule(
    name="security-definer-view",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=40,
    since=15,
    harm="The policies of the tables below are those for the view's owner, who passes them all: strangers read through "
    "the view what the tables refuse them.",
    remedy="WITH (security_invoker = true), so that the view asks for the rights of whoever reads it.",
    before="CREATE SCHEMA api;\nCREATE TABLE notes (id bigint PRIMARY KEY, owner name);",
    unsafe="CREATE VIEW api.my_notes AS SELECT id FROM notes;",
    safe="CREATE VIEW api.my_notes WITH (security_invoker = true) AS SELECT id FROM notes;",
    check=OnSet(_find),
)

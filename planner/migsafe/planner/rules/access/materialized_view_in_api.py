"""A materialized view in a schema that strangers reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.auth_users import shows_users
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
        view = (
            isinstance(made, act.CreateTableAs) and made.materialized_view and not shows_users(statement, made.sources)
        )
        if view and context.exposed(name) and not said.closed(name):
            safer = f"{statement.sql};\nREVOKE ALL ON {name} FROM anon, authenticated;" if context.supabase else ""
            yield (
                statement,
                Hit(name, f"all rows of {name} can be read, whatever the policies of its tables say", safer),
            )


RULE = Rule(
    name="materialized-view-in-api",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=30,
    harm="A materialized view has no row level security: the API gives all it holds to whoever has the public key.",
    remedy="Keep it in a schema that is not exposed, and read it through a function or a view that limits the rows.",
    before="CREATE SCHEMA api;\nCREATE SCHEMA internal;\nCREATE TABLE notes (id bigint PRIMARY KEY);",
    unsafe="CREATE MATERIALIZED VIEW api.note_ids AS SELECT id FROM notes WITH NO DATA;",
    safe="CREATE MATERIALIZED VIEW internal.note_ids AS SELECT id FROM notes WITH NO DATA;",
    check=OnSet(_find),
)

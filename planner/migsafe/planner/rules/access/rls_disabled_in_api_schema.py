"""A new table without row level security in a schema that strangers reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.open_tables import open_tables, private_columns
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
    for name, known, statement in open_tables(migrations, after, context):
        if not private_columns(known):
            safer = f"{statement.sql};\nALTER TABLE {name} ENABLE ROW LEVEL SECURITY;"
            yield statement, Hit(name, f"{name} has no row level security after these migrations", safer)


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

"""Secrets in a table without row level security in a schema that strangers reach."""

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
    for name, known, statement in open_tables(migrations, after, context):
        columns = private_columns(known)
        if columns:
            safer = f"{statement.sql};\nALTER TABLE {name} ENABLE ROW LEVEL SECURITY;"
            yield statement, Hit(name, f"{name} gives away {', '.join(columns)}: it has no row level security", safer)


RULE = Rule(
    name="sensitive-columns-exposed",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=75,
    harm="The API gives passwords, keys or what identifies a person to whoever has the public key.",
    remedy="Enable row level security with policies, or keep these columns in a schema that is not exposed.",
    before="CREATE SCHEMA api;",
    unsafe="CREATE TABLE api.members (id bigint PRIMARY KEY, owner name, password_hash text);",
    safe="""
CREATE TABLE api.members (id bigint PRIMARY KEY, owner name, password_hash text);
ALTER TABLE api.members ENABLE ROW LEVEL SECURITY;
CREATE POLICY members_own ON api.members FOR SELECT USING (owner = current_user);
""",
    check=OnSet(_find),
)

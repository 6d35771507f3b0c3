"""A SECURITY DEFINER function that looks names up along its caller's search path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.relations_left import functions_left
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _find(migrations: tuple[Judged, ...], after: SchemaState, context: Context) -> Iterator[tuple[Statement, Hit]]:
    path = "public, extensions, pg_temp" if context.supabase else "public, pg_temp"
    for left in functions_left(migrations, after):
        if left.now.security_definer and left.follows_caller:
            routine = "PROCEDURE" if left.made.procedure else "FUNCTION"
            safer = f"{left.statement.sql};\nALTER {routine} {left} SET search_path = {path};"
            yield left.statement, Hit(str(left.name), f"{left.name} runs as its owner along its caller's path", safer)


RULE = Rule(
    name="security-definer-search-path",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=40,
    harm="A caller puts a table or function of their own under a name that the function uses, and has it read or run "
    "with the rights of the function's owner.",
    remedy="SET search_path = '' and write names with their schema, or name the schemas and pg_temp last.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY);",
    unsafe="""
CREATE FUNCTION count_notes() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM notes';
""",
    safe="""
CREATE FUNCTION count_notes() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = ''
  AS 'SELECT count(*) FROM public.notes';
""",
    check=OnSet(_find),
)

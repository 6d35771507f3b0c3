"""A function in an exposed schema that looks names up along its caller's search path."""

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
    for left in functions_left(migrations, after):
        if not left.now.security_definer and left.follows_caller and context.exposed(left.name):
            yield left.statement, Hit(str(left.name), f"what {left.name} reads depends on its caller's search path")


RULE = Rule(
    name="function-search-path-mutable",
    severity=Severity.NOTICE,
    dimension=Dimension.SECURITY,
    points=1,
    harm="The function finds other tables, or none, when somebody calls it with another search path, as restores, "
    "triggers of the platform and index builds do.",
    remedy="SET search_path = '' and write names with their schema.",
    before="CREATE SCHEMA api;\nCREATE TABLE notes (id bigint PRIMARY KEY);",
    unsafe="CREATE FUNCTION api.count_notes() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM notes';",
    safe="""
CREATE FUNCTION api.count_notes() RETURNS bigint LANGUAGE sql SET search_path = ''
  AS 'SELECT count(*) FROM public.notes';
""",
    check=OnSet(_find),
)

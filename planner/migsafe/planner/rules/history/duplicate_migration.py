"""Two migrations with the same statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _find(migrations: tuple[Judged, ...], _state: SchemaState, _context: Context) -> Iterator[tuple[Statement, Hit]]:
    seen: dict[tuple[str, ...], str] = {}
    for migration in migrations:
        statements = migration.statements
        content = tuple(statement.sha256 for statement in statements)
        if content in seen:
            yield statements[0], Hit("", f"it does the same as {seen[content]}")
        elif content:
            seen[content] = migration.file


RULE = Rule(
    name="duplicate-migration",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=10,
    harm="A file was copied, or got two versions: what it does is done twice, or fails the second time.",
    remedy="Delete the one that is not applied anywhere yet.",
    before="CREATE TABLE counters (id bigint PRIMARY KEY, hits int);",
    unsafe="""
UPDATE counters SET hits = hits + 1 WHERE id = 1;
-- next migration
UPDATE counters SET hits = hits + 1 WHERE id = 1;
""",
    safe="UPDATE counters SET hits = hits + 1 WHERE id = 1;",
    check=OnSet(_find),
)

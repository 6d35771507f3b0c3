"""A migration without a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _find(migrations: tuple[Judged, ...], _state: SchemaState, _context: Context) -> Iterator[tuple[Judged, Hit]]:
    for migration in migrations:
        if not migration.statements:
            yield migration, Hit("", f"{migration.file} has no statement")


RULE = Rule(
    name="empty-migration",
    severity=Severity.NOTICE,
    dimension=Dimension.RECOVERY,
    points=0,
    harm=("It counts as applied and has done nothing: perhaps its SQL was never written, or stands in a comment."),
    remedy="Write its SQL, or delete the file if it is applied nowhere yet.",
    before="",
    unsafe="-- CREATE TABLE notes (id bigint);",
    safe="CREATE TABLE notes (id bigint PRIMARY KEY);",
    check=OnSet(_find),
)

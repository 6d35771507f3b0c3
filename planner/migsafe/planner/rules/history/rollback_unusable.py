"""A rollback script that no server could run."""

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
    for migration in migrations:
        first = next(iter(migration.statements), None)
        if migration.unusable_rollback and first is not None:
            yield first, Hit("", f"its rollback cannot be used: {migration.unusable_rollback}")


RULE = Rule(
    name="rollback-unusable",
    severity=Severity.WARNING,
    dimension=Dimension.RECOVERY,
    points=0,  # that there is no way back is weighed with the class of the undo
    harm="When the migration has to be undone in a hurry, its rollback fails.",
    remedy="Correct the rollback script now, while the migration is fresh in mind.",
    before="",
    unsafe="",
    safe="",
    check=OnSet(_find),
)

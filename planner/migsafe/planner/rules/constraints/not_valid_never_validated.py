"""A NOT VALID constraint that no later migration validates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.carry import constraint_name
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _find(
    migrations: tuple[Judged, ...],
    state: SchemaState,
    context: Context,  # noqa: ARG001 - the signature of a check
) -> Iterator[tuple[Statement, Hit]]:
    for migration in migrations[:-1]:  # after the last one, the validating migration may be still to come
        for statement in migration.statements:
            for action in statement.actions:
                if isinstance(action, act.AddConstraint) and action.constraint.not_valid and action.constraint.enforced:
                    name = constraint_name(action.table, action.constraint)
                    known = state.constraint(action.table, name)
                    if known is not None and not known.valid:
                        yield statement, Hit(action.table, f"{name} of {action.table} stays unvalidated")


RULE = Rule(
    name="not-valid-never-validated",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=5,
    harm=(
        "Rows that break the constraint may stay for ever, the planner makes no use of it, and a dump "
        "that holds such rows cannot be restored."
    ),
    remedy="VALIDATE it in a migration of its own.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int);",
    unsafe="""
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;
-- next migration
ALTER TABLE orders ADD COLUMN note text;
""",
    safe="""
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT positive;
""",
    check=OnSet(_find),
)

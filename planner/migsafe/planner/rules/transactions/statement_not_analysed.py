"""What no rule could look into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.bodies import inside
from migsafe.planner.rules.rule import Hit, OnStatements, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context


def _find(statement: Statement, context: Context) -> Iterator[Hit]:
    for unknown in inside(statement, context.state).unknown:
        yield Hit("", unknown)


RULE = Rule(
    name="statement-not-analysed",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=0,
    harm="Locks, rewrites and losses inside it are not foretold, and no rule has looked at it.",
    remedy="Read it yourself, or write what it does as plain statements.",
    before="",
    unsafe="DO $$ BEGIN EXECUTE (SELECT 'SELECT 1'); END $$;",
    safe="DO $$ BEGIN EXECUTE format('CREATE TABLE %I (id int)', 'notes'); END $$;",
    check=OnStatements(_find),
)

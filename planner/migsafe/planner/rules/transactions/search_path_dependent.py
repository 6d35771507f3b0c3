"""A relation that is named without its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnStatements, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context


def _find(statement: Statement, _context: Context) -> Iterator[Hit]:
    if statement.within:
        return
    for found in act.touched(statement.actions):
        if found.name.schema is None and found.kind in _IN_SCHEMAS:
            yield Hit(found.name, f"{found.kind} {found.name} is looked for along the search path")
            return


_IN_SCHEMAS = {act.ObjectKind.TABLE, act.ObjectKind.VIEW, act.ObjectKind.MATERIALIZED_VIEW, act.ObjectKind.SEQUENCE}


RULE = Rule(
    name="search-path-dependent",
    severity=Severity.OFF,
    dimension=Dimension.FAILURE,
    points=0,
    harm=(
        "Which table is meant depends on the search path of the role that runs the migration. It is off "
        "because most projects have one schema of their own, and name it nowhere."
    ),
    remedy="Write the schema before each name.",
    before="CREATE TABLE public.orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders ADD COLUMN note text;",
    safe="ALTER TABLE public.orders ADD COLUMN note text;",
    check=OnStatements(_find),
)

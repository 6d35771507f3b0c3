"""A policy that asks who the caller is once for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.per_row import per_row, spelled, wrapped
from migsafe.planner.rules.clues.policies_left import policies_left
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _find(migrations: tuple[Judged, ...], after: SchemaState, _: Context) -> Iterator[tuple[Statement, Hit]]:
    for left in policies_left(migrations, after):
        calls = tuple(call for condition in left.conditions for call in per_row(condition))
        if calls:
            called = ", ".join(dict.fromkeys(spelled(call) for call in calls))
            detail = f"policy {left.name} of {left.table}: {called} is called for each row"
            yield left.statement, Hit(left.table, detail, wrapped(left.statement, calls))


RULE = Rule(
    name="policy-initplan",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm="The same question is asked again for every row that a query looks at, which makes big tables slow.",
    remedy="Write (SELECT auth.uid()) instead of auth.uid(): a sub-select is run once for the whole query.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY, owner text);\nALTER TABLE notes ENABLE ROW LEVEL SECURITY;",
    unsafe="CREATE POLICY notes_own ON notes FOR SELECT USING (owner = current_setting('app.caller'));",
    safe="CREATE POLICY notes_own ON notes FOR SELECT USING (owner = (SELECT current_setting('app.caller')));",
    check=OnSet(_find),
)

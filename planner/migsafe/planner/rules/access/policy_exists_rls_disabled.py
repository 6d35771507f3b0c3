"""Policies on a table whose row level security is off."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    """One hit for each table, at its first policy."""
    told = set()
    for left in policies_left(migrations, after):
        known = after.table(left.table)
        off = known is not None and known.row_security is False and not after.row_security_unread
        if off and left.table not in told:
            told.add(left.table)
            detail = f"policy {left.name} does nothing: row level security of {left.table} is off"
            yield left.statement, Hit(left.table, detail, f"{left.statement.sql};\n{_enable(left.table)}")


def _enable(table: object) -> str:
    return f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"


RULE = Rule(
    name="policy-exists-rls-disabled",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=55,
    harm="The policies look like protection and mean nothing: whoever has rights on the table reaches every row.",
    remedy="ALTER TABLE ... ENABLE ROW LEVEL SECURITY in the same migration.",
    before="",
    unsafe="""
CREATE TABLE notes (id bigint PRIMARY KEY, owner name);
CREATE POLICY notes_own ON notes FOR SELECT USING (owner = current_user);
""",
    safe="""
CREATE TABLE notes (id bigint PRIMARY KEY, owner name);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_own ON notes FOR SELECT USING (owner = current_user);
""",
    check=OnSet(_find),
)

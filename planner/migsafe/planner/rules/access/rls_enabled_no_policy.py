"""Row level security on a new table that gets no policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.deeds import deeds
from migsafe.planner.rules.clues.strangers import rights
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName


def _find(migrations: tuple[Judged, ...], after: SchemaState, context: Context) -> Iterator[tuple[Statement, Hit]]:
    """Tables that were there before are left to rls-enable-or-force, which says the graver thing."""
    said = rights(migrations)
    born: dict[QualifiedName, int] = {}
    for deed in deeds(migrations, act.CreateTable, act.EnableRowSecurity):
        match deed.action:
            case act.CreateTable(name=name):
                born.setdefault(deed.full(name), deed.migration)
            case act.EnableRowSecurity(table=name):
                table = deed.full(name)
                new = born.get(table) == deed.migration or (table in born and bool(after.complete))
                inside = bool(context.surroundings.exposed) and not context.exposed(table)
                if new and not inside and _silent(after, table) and not said.closed(table):
                    detail = f"{table} has row level security and no policy after these migrations"
                    yield deed.statement, Hit(table, detail)
            case _:
                pass


def _silent(after: SchemaState, table: QualifiedName) -> bool:
    known = after.table(table)
    return known is not None and known.row_security is True and not known.policies


RULE = Rule(
    name="rls-enabled-no-policy",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=2,
    harm="Nobody but the owner and roles with BYPASSRLS sees a row; others get an empty answer, no error.",
    remedy="Write the policies, or REVOKE the rights of the other roles, which says that this is meant.",
    before="CREATE SCHEMA api;",
    unsafe="CREATE TABLE api.notes (id bigint PRIMARY KEY);\nALTER TABLE api.notes ENABLE ROW LEVEL SECURITY;",
    safe="""
CREATE TABLE api.notes (id bigint PRIMARY KEY, owner name);
ALTER TABLE api.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_own ON api.notes FOR SELECT USING (owner = current_user);
""",
    check=OnSet(_find),
)

"""A setting of the session that is left on at the end of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


_LASTING = {
    "search_path",
    "role",
    "session_authorization",
    "row_security",
    "session_replication_role",
    "check_function_bodies",
}


def _find(migrations: tuple[Judged, ...], _state: SchemaState, _context: Context) -> Iterator[tuple[Statement, Hit]]:
    for migration in migrations:
        left: dict[str, Statement] = {}
        for statement in migration.statements:
            for action in statement.actions:
                match action:
                    case act.SetVariable(name=name, is_local=False, value=str()) if name in _LASTING:
                        left[name] = statement
                    case act.SetVariable(name=name, value=None) | act.ResetVariable(name=str() as name):
                        left.pop(name, None)
                    case act.ResetVariable(name=None) | act.Discard(target="all"):
                        left.clear()
                    case _:
                        pass
        yield from (
            (statement, Hit("", f"{name} stays set at the end of the file")) for name, statement in left.items()
        )


RULE = Rule(
    name="session-state-leak",
    severity=Severity.OFF,
    dimension=Dimension.FAILURE,
    points=0,
    harm=(
        "A tool that runs the next file in the same session runs it with these settings. It is off because "
        "migsafe gives every migration a session in which nothing is set."
    ),
    remedy="Write SET LOCAL in place of SET, or RESET at the end of the file.",
    before="",
    unsafe="SET check_function_bodies = off;",
    safe="""
SET LOCAL check_function_bodies = off;
CREATE FUNCTION one() RETURNS int LANGUAGE sql SET search_path = '' AS 'SELECT 1';
""",
    check=OnSet(_find),
)

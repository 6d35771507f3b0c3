"""An extension whose functions become part of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.deeds import deeds
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState

_OWN_SCHEMA = frozenset(
    "pg_cron pg_graphql pg_net pg_tle pgmq pgsodium pgaudit plpgsql plv8 supabase_vault timescaledb".split()
)
"""Extensions that choose their schema themselves, or have nothing in one."""
_THERE = frozenset({"pgcrypto", "pgjwt", "pg_stat_statements", "uuid-ossp"})
"""Extensions that each Supabase project has from the start: IF NOT EXISTS then does nothing."""


def _safer(action: act.CreateExtension, home: str) -> str:
    parts = [
        "CREATE EXTENSION",
        "IF NOT EXISTS" if action.if_not_exists else "",
        quoted(action.name),
        f"WITH SCHEMA {home}",
        f"VERSION '{action.version}'" if action.version else "",
        "CASCADE" if action.cascade else "",
    ]
    return " ".join(filter(None, parts)) + ";"


def _find(migrations: tuple[Judged, ...], _: SchemaState, context: Context) -> Iterator[tuple[Statement, Hit]]:
    found: dict[str, tuple[Statement, Hit]] = {}
    for deed in deeds(migrations, act.CreateExtension, act.SetSchema, act.Drop):
        match deed.action:
            case act.CreateExtension(name=name, schema=schema):
                there = context.supabase and deed.action.if_not_exists and name in _THERE
                into = schema or deed.schema
                if into in context.surroundings.exposed and name not in _OWN_SCHEMA and not there:
                    safer = _safer(deed.action, "extensions") if context.supabase else ""
                    found[name] = deed.statement, Hit(name, f"the functions of {name} are put into {into}", safer)
            case act.SetSchema(kind=ObjectKind.EXTENSION, name=name) | act.Drop(kind=ObjectKind.EXTENSION, name=name):
                found.pop(name.name, None)
            case _:
                pass
    yield from found.values()


RULE = Rule(
    name="extension-in-public",
    severity=Severity.NOTICE,
    dimension=Dimension.SECURITY,
    points=3,
    harm="The API offers the extension's functions to strangers, and its names mix with yours.",
    remedy="CREATE EXTENSION ... WITH SCHEMA extensions, a schema that is not exposed.",
    before="CREATE SCHEMA api;\nCREATE SCHEMA extensions;",
    unsafe="CREATE EXTENSION pgcrypto WITH SCHEMA api;",
    safe="CREATE EXTENSION pgcrypto WITH SCHEMA extensions;",
    check=OnSet(_find),
)

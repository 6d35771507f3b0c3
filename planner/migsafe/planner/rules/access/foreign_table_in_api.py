"""A foreign table in a schema that strangers reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.relations_left import tables_left
from migsafe.planner.rules.clues.strangers import rights
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _find(migrations: tuple[Judged, ...], after: SchemaState, context: Context) -> Iterator[tuple[Statement, Hit]]:
    said = rights(migrations)
    for name, made, statement in tables_left(migrations, after):
        foreign = isinstance(made, act.CreateTable) and made.server is not None
        if foreign and context.exposed(name) and not said.closed(name):
            yield statement, Hit(name, f"all rows behind {name} can be read and, where the server lets it, written")


RULE = Rule(
    name="foreign-table-in-api",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=35,
    harm="A foreign table has no row level security: the API gives the rows of the other server to whoever has the "
    "public key.",
    remedy="Keep it in a schema that is not exposed, and read it through a function that limits the rows.",
    before="""
CREATE SCHEMA api;
CREATE SCHEMA internal;
CREATE FOREIGN DATA WRAPPER elsewhere;
CREATE SERVER other FOREIGN DATA WRAPPER elsewhere;
""",
    unsafe="CREATE FOREIGN TABLE api.customers (id bigint) SERVER other;",
    safe="CREATE FOREIGN TABLE internal.customers (id bigint) SERVER other;",
    check=OnSet(_find),
)

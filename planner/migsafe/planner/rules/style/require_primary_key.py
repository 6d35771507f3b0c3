"""A table without a primary key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.relations_left import tables_left
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState


def _find(migrations: tuple[Judged, ...], after: SchemaState, _: Context) -> Iterator[tuple[Statement, Hit]]:
    for name, made, statement in tables_left(migrations, after):
        known = after.tables[name]
        plain = isinstance(made, act.CreateTable) and made.server is None and not made.inherits and not made.like
        if plain and not any(each.kind is ConstraintKind.PRIMARY_KEY for each in known.constraints.values()):
            yield statement, Hit(name, f"{name} has no primary key after these migrations")


RULE = Rule(
    name="require-primary-key",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="Rows cannot be told apart: logical replication refuses UPDATE and DELETE, and clients cannot name a row.",
    remedy="Add a primary key.",
    before="CREATE SCHEMA app;",
    unsafe="CREATE TABLE app.visits (seen_at timestamptz);",
    safe="CREATE TABLE app.visits (id bigint PRIMARY KEY, seen_at timestamptz);",
    check=OnSet(_find),
)

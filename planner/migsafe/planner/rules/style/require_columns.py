"""A table that does not say when its rows were made and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.relations_left import tables_left
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState

_WANTED = ("created_at", "updated_at")


def _find(migrations: tuple[Judged, ...], after: SchemaState, _: Context) -> Iterator[tuple[Statement, Hit]]:
    for name, made, statement in tables_left(migrations, after):
        plain = isinstance(made, act.CreateTable) and made.server is None and not made.inherits and not made.like
        missing = [column for column in _WANTED if column not in after.tables[name].columns]
        if plain and missing:
            yield statement, Hit(name, f"{name} has no {' and no '.join(missing)}")


RULE = Rule(
    name="require-columns",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="Nobody can tell when a row was made or changed, nor fetch what is new since yesterday.",
    remedy="Add created_at and updated_at timestamptz NOT NULL DEFAULT now().",
    before="CREATE SCHEMA app;",
    unsafe="CREATE TABLE app.visits (id bigint PRIMARY KEY);",
    safe="""
CREATE TABLE app.visits (
  id bigint PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
""",
    check=OnSet(_find),
)

"""A table that nobody described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.deeds import deeds
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
    told = set()
    for deed in deeds(migrations, act.Comment):
        match deed.action:
            case act.Comment(kind=ObjectKind.TABLE, name=name, text=str()):
                told.add(deed.full(name))
            case _:
                pass
    for name, made, statement in tables_left(migrations, after):
        if isinstance(made, act.CreateTable) and name not in told:
            yield statement, Hit(name, f"{name} has no comment after these migrations")


RULE = Rule(
    name="require-comment",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="Whoever reads the schema has to guess what a row of the table stands for.",
    remedy="COMMENT ON TABLE ... IS 'what a row stands for'.",
    before="CREATE SCHEMA app;",
    unsafe="CREATE TABLE app.visits (id bigint PRIMARY KEY);",
    safe="""
CREATE TABLE app.visits (id bigint PRIMARY KEY);
COMMENT ON TABLE app.visits IS 'One page that somebody looked at';
""",
    check=OnSet(_find),
)

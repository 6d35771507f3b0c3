"""A column of PostGIS that no spatial index serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.deeds import deeds
from migsafe.planner.rules.clues.written_columns import written
from migsafe.planner.rules.remedies.rewritten import made_up
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.deeds import Deed
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName

_SPATIAL = frozenset({"geometry", "geography"})
_METHODS = frozenset({"gist", "spgist", "brin"})


def _find(
    migrations: tuple[Judged, ...],
    state: SchemaState,
    context: Context,  # noqa: ARG001 - the signature of a check
) -> Iterator[tuple[Statement, Hit]]:
    for deed in deeds(migrations, act.CreateTable, act.AddColumn):
        for name, column, kind in written(deed.action):
            table = deed.full(name)
            if kind.name in _SPATIAL and not kind.array and _stands(table, column, state):
                yield (
                    deed.statement,
                    Hit(table, f"no spatial index serves {column} of {table}", _safer(table, column, deed)),
                )


def _stands(table: QualifiedName, column: str, state: SchemaState) -> bool:
    """Whether the column is there at the end, and no index of it that can find what lies near."""
    known = state.tables.get(table)
    indexes = state.indexes_of(table).values()
    served = any(column in (*index.columns, *index.needs) for index in indexes if index.method in _METHODS)
    return known is not None and column in known.columns and not served


def _safer(table: QualifiedName, column: str, deed: Deed) -> str:
    """The index behind the statement: at once on a table that the statement makes, else CONCURRENTLY and by itself."""
    name, whole = quoted(made_up(table, (column,), "idx")), f"{deed.statement.sql};"
    on = f"{name} ON {table} USING gist ({quoted(column)});"
    if isinstance(deed.action, act.CreateTable):
        return f"{whole}\nCREATE INDEX {on}"
    return parted(whole, f"CREATE INDEX CONCURRENTLY {on}")


RULE = Rule(
    name="spatial-column-without-index",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=3,
    harm="Whoever asks what lies near or inside (ST_DWithin, ST_Intersects, &&) reads and computes with every row.",
    remedy="Build a GiST index on the column; BRIN where the rows lie in the order of the place.",
    before="CREATE EXTENSION postgis;",
    unsafe="CREATE TABLE places (id bigint PRIMARY KEY, spot geometry(Point, 4326));",
    safe="""
CREATE TABLE places (id bigint PRIMARY KEY, spot geometry(Point, 4326));
CREATE INDEX places_spot_idx ON places USING gist (spot);
""",
    check=OnSet(_find),
)

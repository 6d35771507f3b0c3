"""VACUUM FULL and CLUSTER."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Vacuum(full=True, tables=()):
            yield Hit("", "every table of the database is written anew, one after the other", "VACUUM;")
        case act.Vacuum(full=True, tables=tables, analyze=analyze):
            names = ", ".join(map(str, tables))
            safer = f"VACUUM (ANALYZE) {names};" if analyze else f"VACUUM {names};"
            yield from (Hit(table, f"{table} is written anew", safer) for table in tables if context.live(table))
        case act.Cluster(table=None):
            yield Hit("", "every clustered table of the database is written anew")
        case act.Cluster(table=table) if table is not None and context.live(table):
            yield Hit(table, f"{table} is written anew in the order of an index")
        case _:
            pass


RULE = Rule(
    name="vacuum-full-cluster",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=50,
    scaled=True,
    harm="The whole table and all its indexes are written anew while reads and writes wait.",
    remedy="Plain VACUUM makes the space usable again while everybody works; pg_repack gives it back to the disk.",
    before="CREATE TABLE events (id bigint PRIMARY KEY);",
    unsafe="VACUUM FULL events;",
    safe="VACUUM events;",
    check=OnActions((act.Vacuum, act.Cluster), _find),
)

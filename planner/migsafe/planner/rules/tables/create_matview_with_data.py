"""A query over tables in use that fills a new table or materialized view within the migration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateTableAs(name=name, with_data=True, sources=sources, temporary=False):
            read = [source for source in sources if _has_rows(source, context)]
            if read and not (action.if_not_exists and context.state.exists(name)):
                what = "the materialized view " if action.materialized_view else ""
                told = f"{', '.join(map(str, read))} {'is' if len(read) == 1 else 'are'} read to fill {what}{name}"
                yield Hit(read[0], told, _safer(action, context))
        case _:
            pass


def _has_rows(source: QualifiedName, context: Context) -> bool:
    known = context.state.table(source)
    return context.live(source) and not (known is not None and known.kind == "view" and not known.sources)


def _safer(made: act.CreateTableAs, context: Context) -> str:
    if not made.materialized_view:
        return ""
    plain = _END.sub("", this_sql(context))
    return parted(f"{plain}\nWITH NO DATA;", f"REFRESH MATERIALIZED VIEW {made.name};")


_END = re.compile(r"\s*\bWITH\s+DATA\s*\Z", re.IGNORECASE)

RULE = Rule(
    name="create-matview-with-data",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=15,
    scaled=True,
    harm=(
        "The query runs inside the migration: its snapshot keeps VACUUM from cleaning any table, and every lock that "
        "the transaction already holds is held until it is done."
    ),
    remedy="Make the view WITH NO DATA and refresh it in a migration of its own; fill a table in batches.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, day date);",
    unsafe="CREATE MATERIALIZED VIEW days AS SELECT day, count(*) AS orders FROM orders GROUP BY day;",
    safe="CREATE MATERIALIZED VIEW days AS SELECT day, count(*) AS orders FROM orders GROUP BY day WITH NO DATA;",
    check=OnActions((act.CreateTableAs,), _find),
)

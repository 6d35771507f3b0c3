"""Reads all live facts: two readings of the traffic, and everything else in between."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

from migsafe.executor.survey.live.bounded import Bounded
from migsafe.executor.survey.live.sizes import sizes
from migsafe.executor.survey.live.surroundings import (
    foreign_servers,
    free_disk,
    replication,
    server,
    sessions,
    statement_totals,
    statements_view,
)
from migsafe.executor.survey.live.traffic import Pace, Reading, read_counters
from migsafe.schemas.live import Gap, IndexActivity, LiveFacts, StatementActivity, TableActivity

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

    from migsafe.executor.survey.live.sizes import Size
    from migsafe.schemas.live import Sampling
    from migsafe.schemas.names import QualifiedName


def live_facts(connection: psycopg.Connection, schemas: tuple[str, ...], sampling: Sampling) -> LiveFacts:
    """What goes on in the target, with what could not be read as gaps; nothing is changed.

    `connection` is in autocommit mode, outside a transaction. Takes `sampling.interval` and little more where nobody
    stands in the way; where no other session is connected there is no traffic to wait for. Raises psycopg.Error only
    where the connection is lost.
    """
    asking = Bounded(connection, sampling.statement_timeout)
    began = time.monotonic()
    first = _counters(asking, schemas)
    view = asking.ask("statements", statements_view)
    if view is None:
        asking.lacks("statements", "the extension pg_stat_statements is not there")
    before = _totals(asking, view)
    sized = sizes(asking, _names(first))
    around = (sessions(asking), replication(asking), server(asking), foreign_servers(asking), free_disk(asking))
    alone = around[0] is not None and around[0].sessions == 0
    if not alone:
        time.sleep(max(0.0, sampling.interval / 1000 - (time.monotonic() - began)))
    last = _counters(asking, schemas) if sampling.interval and first is not None and not alone else first
    pace = None if first is None or last is None else Pace(first, last)
    return LiveFacts(
        taken_at=_text(first.moment if first is not None else dt.datetime.now(dt.UTC)) or "",
        interval_ms=round(pace.seconds * 1000) if pace else 0,
        statistics_since=_text(pace.last.since) if pace else None,
        tables=_tables(pace, sized) if pace else (),
        indexes=_indexes(pace, sized) if pace else (),
        statements=_statements(before, _totals(asking, view), pace),
        sessions=around[0],
        replication=around[1],
        server=around[2],
        foreign_servers=around[3],
        free_disk_bytes=around[4],
        gaps=_once(asking.gaps),
    )


def _counters(asking: Bounded, schemas: tuple[str, ...]) -> Reading | None:
    return asking.ask("traffic of the tables", lambda connection: read_counters(connection, schemas))


def _totals(asking: Bounded, view: QualifiedName | None) -> tuple[float, float, float] | None:
    return None if view is None else asking.ask("statements", lambda connection: statement_totals(connection, view))


def _names(reading: Reading | None) -> dict[int, QualifiedName]:
    if reading is None:
        return {}
    tables = {oid: one.name for oid, one in reading.tables.items()}
    return tables | {oid: one.name for oid, one in reading.indexes.items()}


def _tables(pace: Pace, sized: Mapping[int, Size]) -> tuple[TableActivity, ...]:
    found = []
    for oid, count in pace.last.tables.items():
        heap, indexes, toast = sized.get(oid, (None, None, None))
        inserts, updates, deletes, sequential, indexed = pace.table(oid)
        found.append(
            TableActivity(
                table=str(count.name),
                heap_bytes=heap,
                index_bytes=indexes,
                toast_bytes=toast,
                rows=count.rows,
                dead_rows=count.dead_rows,
                inserts=inserts,
                updates=updates,
                deletes=deletes,
                sequential_scans=sequential,
                index_scans=indexed,
                last_analyze=_text(count.last_analyze),
                last_vacuum=_text(count.last_vacuum),
            )
        )
    return tuple(found)


def _indexes(pace: Pace, sized: Mapping[int, Size]) -> tuple[IndexActivity, ...]:
    return tuple(
        IndexActivity(
            index=str(count.name),
            table=str(count.table),
            bytes=sized[oid][0] if oid in sized else None,
            valid=count.valid,
            scans=count.scans,
            scan_rate=pace.index(oid),
        )
        for oid, count in pace.last.indexes.items()
    )


def _statements(
    before: tuple[float, float, float] | None, after: tuple[float, float, float] | None, pace: Pace | None
) -> StatementActivity | None:
    if before is None or after is None:
        return None
    seconds = pace.seconds if pace else 0.0
    calls = (after[0] - before[0]) / seconds if seconds > 0 and after[0] >= before[0] else 0.0
    return StatementActivity(calls=round(calls, 3), mean_ms=after[1], max_ms=after[2])


def _once(gaps: list[Gap]) -> tuple[Gap, ...]:
    """The gaps by their fact: a question that was asked twice leaves one."""
    return tuple({gap.fact: gap for gap in reversed(gaps)}.values())[::-1]


def _text(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(dt.UTC).isoformat(timespec="seconds")

"""The queries that pg_stat_statements of the target has seen."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.executor.preflight.ask import OURS
from migsafe.schemas.impact import InStatistics, Query
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    import psycopg

LONGEST = 100_000
"""Characters of a query's text; longer ones are not checked."""

_HIDDEN = "<insufficient privilege>"

# Constants are replaced by $n also where the grammar takes nothing but a literal: `interval '1 day'` and
# `extract(year from at)` are shown as `interval $1` and `extract($1 from at)`.
_TYPED = re.compile(
    r"\b(interval|date|time|timetz|timestamp|timestamptz|(?:time|timestamp) with(?:out)? time zone"
    r"|uuid|jsonb?|numeric|inet|cidr|bit|point|regclass)\s+(\$\d+)",
    re.IGNORECASE,
)
_EXTRACT = re.compile(r"\bextract\s*\(\s*\$\d+\s+from\b", re.IGNORECASE)
_PARAMETER = re.compile(r"\$(\d+)")


class StatisticsUnreadable(Problem):
    """The manifest asks for pg_stat_statements, and the target does not let it be read."""


def seen_queries(connection: psycopg.Connection, most: int) -> tuple[Query, ...]:
    """The `most` called queries of this database, most called first; utility statements are left out.

    Nothing is changed; works inside and outside a transaction. Raises StatisticsUnreadable.
    """
    import psycopg  # noqa: PLC0415 - slow to import
    from psycopg import sql  # noqa: PLC0415 - same

    home = connection.execute(_own("home.sql")).fetchone()
    if home is None:
        raise StatisticsUnreadable(
            "pg_stat_statements is not installed on the target",
            why="migsafe.yaml says impact.pg_stat_statements: true",
            remedy="CREATE EXTENSION pg_stat_statements, or remove the line",
        )
    view = sql.Identifier(home[0], "pg_stat_statements")
    text = sql.SQL(_own("statistics.sql").decode()).format(view=view)
    try:
        with connection.transaction():
            rows = connection.execute(text, {"most": most, "longest": LONGEST, "ours": OURS}).fetchall()
    except (psycopg.errors.ObjectNotInPrerequisiteState, psycopg.errors.InsufficientPrivilege) as error:
        raise StatisticsUnreadable(
            "pg_stat_statements of the target cannot be read",
            why=error.diag.message_primary or f"SQLSTATE {error.sqlstate}",
            remedy="add it to shared_preload_libraries and GRANT pg_read_all_stats, or set it to false in migsafe.yaml",
        ) from error
    return tuple(_query(id_, query, calls, mean) for id_, query, calls, mean in rows)


def _query(id_: str, text: str | None, calls: int, mean: float) -> Query:
    obstacle = ""
    if text is None:
        obstacle = f"the server has lost its text, or it is longer than {LONGEST} characters"
    elif text == _HIDDEN:
        obstacle = "this role may not see the queries of other roles: GRANT pg_read_all_stats"
    sql = text if text is None or obstacle else preparable(text)
    return Query(
        sql=sql or "", origin=InStatistics(kind="statistics", id=id_, calls=calls, mean_ms=mean), obstacle=obstacle
    )


def preparable(text: str) -> str:
    """A normalised text as one that the grammar takes; any field stands for the one that EXTRACT has lost."""
    cast = _TYPED.sub(r"CAST(\2 AS \1)", text)
    return _renumbered(_EXTRACT.sub("extract(epoch from", cast)) if _EXTRACT.search(cast) else cast


def _renumbered(text: str) -> str:
    """Without gaps: the server wants a type for every number up to the highest."""
    order = {number: new for new, number in enumerate(sorted(set(map(int, _PARAMETER.findall(text)))), start=1)}
    return _PARAMETER.sub(lambda found: f"${order[int(found[1])]}", text)


def _own(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()

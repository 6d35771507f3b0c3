"""The application's queries, and what is told of them without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.cli.flows.target import connected
from migsafe.schemas.impact import Verdict
from migsafe.schemas.plan import Direction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migsafe.cli.flows.rehearsing import Stage
    from migsafe.schemas.impact import Query, QueryImpact
    from migsafe.schemas.plan import Plan

_MOST_SEEN = 1_000
"""Queries of pg_stat_statements, most called first."""


def queries_of(stage: Stage) -> Sequence[Query]:
    """The application's queries: those in files, and those that the target's statistics have seen."""
    project, impact = stage.project, stage.project.manifest.impact
    found: tuple[Query, ...] = ()
    if impact.queries:
        from migsafe.planner.impact import read_queries  # noqa: PLC0415 - the parser is slow to load

        found = read_queries(project.root, impact.queries)
    if impact.pg_stat_statements and stage.url is not None:
        from migsafe.executor.impact import seen_queries  # noqa: PLC0415 - psycopg is slow to import

        with connected(project, stage.url, "plan") as connection:
            found += seen_queries(connection, _MOST_SEEN)
    return found


def estimates_of(plan: Plan, stage: Stage, queries: Sequence[Query]) -> tuple[QueryImpact, ...]:
    """What the plan is estimated to do to each query that it does something to; nothing for a plan that goes down."""
    if not queries or plan.direction is not Direction.UP:
        return ()
    from migsafe.planner.draft import ground  # noqa: PLC0415 - the parser is slow to load
    from migsafe.planner.impact import changes_along, estimated, relations_of  # noqa: PLC0415 - as above

    planned = {migration.file for migration in plan.migrations}
    on = ground(stage.project.manifest, stage.project.migrations(), stage.facts)
    state = on.state.copy()
    before = relations_of(state)
    changes = changes_along((each for each in on.prepared if each.migration.file in planned), state)
    # Reading a query takes a millisecond or two, and most have nothing to do with the plan.
    names = {change.alteration.relation.name.lower() for change in changes}
    concerned = [query for query in queries if any(name in query.sql.lower() for name in names)]
    found = estimated(concerned, before, changes)
    return tuple(each for each in found if each.verdict in {Verdict.BROKEN, Verdict.RESULT_TYPE_CHANGES})

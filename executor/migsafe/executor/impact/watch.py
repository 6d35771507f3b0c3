"""Keeps an eye on queries while a plan is rehearsed, and remembers which statement broke which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.impact.compare import compared, verdict
from migsafe.executor.impact.prepare import posture, prepare_all
from migsafe.schemas.impact import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from migsafe.schemas.impact import Cause, PreparedQuery, Query, QueryImpact


class Watch:
    """The queries of an application, watched from before a plan to its end."""

    def __init__(self, connection: psycopg.Connection, queries: Sequence[Query]) -> None:
        """Prepares all queries as the database is before the plan; to be called outside of a transaction."""
        self._posture = posture(connection)
        self._before = prepare_all(connection, queries, self._posture)
        self._now: list[PreparedQuery] = list(self._before)
        self._because: list[Cause | None] = [None] * len(self._before)

    def look(
        self, connection: psycopg.Connection, cause: Cause | None, relations: frozenset[str] | None = None
    ) -> None:
        """Prepares the queries again after the statement `cause`, in its transaction or after it.

        `relations` are those that the statement touched, as they were called before it: only queries that use one of
        them, and those that stopped working, are asked about. None asks about all: right for statements on functions,
        types, schemas and rights, and at the end of the plan, where `cause` is None. About 1 ms for each query.
        Search path and role are those of the beginning, whatever the migration has set.
        """
        numbers = [number for number in range(len(self._before)) if self._concerned(number, relations)]
        queries = [self._before[number].query for number in numbers]
        for number, found in zip(numbers, prepare_all(connection, queries, self._posture), strict=True):
            self._note(number, found, cause)

    def impacts(self) -> tuple[QueryImpact, ...]:
        """What became of each query up to the last look, in the order in which they were given."""
        return tuple(map(compared, self._before, self._now, self._because))

    def _concerned(self, number: int, relations: frozenset[str] | None) -> bool:
        before, now = self._before[number], self._now[number]
        if before.refusal is not None:
            return False
        if relations is None or now.refusal is not None:
            return True
        return not relations.isdisjoint(before.relations) or not relations.isdisjoint(now.relations)

    def _note(self, number: int, found: PreparedQuery, cause: Cause | None) -> None:
        before, now = self._before[number], self._now[number]
        was, becomes = verdict(before, now), verdict(before, found)
        if was is becomes is Verdict.BROKEN:
            return  # the statement that broke it first is told, with what the server said then
        if was is not becomes:
            self._because[number] = None if becomes is Verdict.UNAFFECTED else cause
        self._now[number] = found

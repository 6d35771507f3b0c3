"""Asks the preflights of a plan and tells what came of each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.executor.survey.live.bounded import LOCK_TIMEOUT_MS, bounds
from migsafe.schemas.preflight import Answered, Clear, Found, Refused, TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

    from migsafe.schemas.live import Sampling
    from migsafe.schemas.preflight import Preflight, PreflightResult

OURS = "/* migsafe */"
"""Ends the text of each question, so that statistics of the application's queries can leave it out."""
_NO_TIME_LEFT = 20
"""All questions together may take this many times as long as one."""
_LATE = {"57014", "55P03"}
"""query_canceled, lock_not_available."""


def run_preflights(
    connection: psycopg.Connection, preflights: Iterable[Preflight], sampling: Sampling
) -> tuple[Answered, ...]:
    """Each question with its answer, in order; nothing is changed, and no wait is longer than `sampling` says.

    `connection` is in autocommit mode, outside a transaction. Raises psycopg.Error only where the connection is lost.
    """
    asking = _Asking(connection, sampling, time.monotonic() + _NO_TIME_LEFT * sampling.statement_timeout / 1000)
    return tuple(Answered(preflight=each, result=asking.result(each)) for each in preflights)


@dataclass(frozen=True, slots=True)
class _Asking:
    connection: psycopg.Connection
    sampling: Sampling
    until: float

    def result(self, preflight: Preflight) -> PreflightResult:
        """The answer to one question."""
        import psycopg  # noqa: PLC0415 - slow to import

        if time.monotonic() > self.until:
            return TimedOut(kind="timed-out", after_ms=0)
        try:
            count = self._count(preflight)
        except psycopg.Error as error:
            if self.connection.broken:
                raise
            if error.sqlstate in _LATE:
                waited = LOCK_TIMEOUT_MS if error.sqlstate == "55P03" else self.sampling.statement_timeout
                return TimedOut(kind="timed-out", after_ms=waited)
            return Refused(kind="refused", sqlstate=error.sqlstate or "")
        if count == 0:
            return Clear(kind="clear")
        sample = self._sample(preflight) if self.sampling.sample_keys else None
        at_least = count > preflight.limit
        return Found(kind="found", count=min(count, preflight.limit), at_least=at_least, sample=sample)

    def _count(self, preflight: Preflight) -> int:
        row = self._ask(preflight.count_sql)
        assert row is not None  # noqa: S101 - count(*) gives one row
        return int(str(row[0]))

    def _sample(self, preflight: Preflight) -> tuple[str, ...] | None:
        """The key of one of the rows; None where that costs too much or no row is left."""
        import psycopg  # noqa: PLC0415 - slow to import

        if preflight.sample_sql is None:
            return None
        try:
            row = self._ask(preflight.sample_sql)
        except psycopg.Error:
            if self.connection.broken:
                raise
            return None
        return None if row is None else tuple(str(value) for value in row)

    def _ask(self, query: str) -> tuple[object, ...] | None:
        with bounds(self.connection, self.sampling.statement_timeout, LOCK_TIMEOUT_MS):
            # Where row security would hide rows from our role, an error is better than a wrong "no".
            self.connection.execute(b"SET LOCAL row_security = off")
            return self.connection.execute(f"{query} {OURS}".encode()).fetchone()

"""The gate before a strong lock: nobody waits behind us longer than one short attempt."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from migsafe.executor.locking.look import Holder, Needed, holders, needed
from migsafe.schemas.events import Waiting
from migsafe.schemas.problem import RolledBack

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from migsafe.schemas.events import Blocker, Listener
    from migsafe.schemas.policies import Locking
    from migsafe.schemas.problem import Place
    from migsafe.schemas.step import LockNeed

# Measured: 100 ms tells reports and forgotten transactions from traffic; a threshold that never relaxes starves on a
# table whose ordinary transactions are longer.
_FIRST_AGE = 0.1
_HIGHEST_AGE = 2.0
_RELAX_EVERY = 1.0
_REST = 5
"""Rest after a failed attempt, in lengths of that attempt: clients lose at most a sixth of their time."""
_GROWTH = 1.5
_SHORTEST_MS = 20
_PUSHES = 3
"""How often an autovacuum alone in the way is asked to leave; one that prevents wraparound never does."""


@dataclass(slots=True)
class LockGate:
    """The way to the locks of one step; keeps what was learnt from one attempt to the next."""

    needs: tuple[LockNeed, ...]
    policy: Locking
    role: str | None
    """Who takes the locks; None: who looks."""
    listener: Listener
    pause: Callable[[float], None]
    """Sleeps some seconds, and raises when somebody asked the run to stop."""
    place: Place | None = None
    attempts: int = 0
    _found: tuple[Needed, ...] | None = None
    _attempt_ms: int = 0
    _age: float = _FIRST_AGE
    _seen: dict[str, float] = field(default_factory=dict)
    _blockers: tuple[Blocker, ...] = ()
    _push: bool = False
    _pushes: int = 0
    _began: float = field(default_factory=time.monotonic)
    _looks: int = 0

    def __post_init__(self) -> None:
        self._attempt_ms = self.policy.first_attempt

    def wait(self, connection: psycopg.Connection) -> None:
        """Return when no old transaction stands in front; needs no round trip where no lock is needed.

        The connection is outside of a transaction. Raises RolledBack at the deadline, naming who stands in front.
        """
        if not self.needs:
            return
        if self._found is None:
            self._found = needed(connection, self.needs, self.role)
        relax_at = time.monotonic() + _RELAX_EVERY
        while self._found and not self._clear(connection):
            self._tell()
            self._require_time(0)
            self.pause(self.policy.look_every / 1000)
            if time.monotonic() >= relax_at:
                self._age = min(2 * self._age, _HIGHEST_AGE)
                relax_at += _RELAX_EVERY

    def taking(self) -> str:
        """The statements that take the locks in a transaction just begun, as one short attempt.

        A statement of the step that needs a lock nobody foresaw waits no longer than the stall budget either.
        """
        groups = [(lock, list(group)) for lock, group in groupby(self._lockable(), key=lambda need: need.lock)]
        # lock_timeout counts for each lock, statement_timeout for all of one statement.
        share = max(_SHORTEST_MS, self._attempt_ms // max(1, len(groups)))
        limits = f"SET LOCAL lock_timeout = {share}; SET LOCAL statement_timeout = {share}; " if groups else ""
        locks = "".join(f"LOCK TABLE {_names(group)} IN {lock.value} MODE; " for lock, group in groups)
        return f"{limits}{locks}SET LOCAL lock_timeout = {self.policy.stall_budget}"

    def pushing(self) -> str:
        """What makes the server cancel an autovacuum that alone stands in front; only a superuser may set it."""
        # After deadlock_timeout (1 s by default) the server cancels an autovacuum that somebody waits for.
        return "SET LOCAL deadlock_timeout = '10ms'; " if self._push else ""

    def rest(self, connection: psycopg.Connection) -> None:
        """After an attempt that failed and was rolled back: let others pass. Raises RolledBack at the deadline."""
        self.attempts += 1
        if self._found:
            self._blockers = tuple(holder.blocker for holder in holders(connection, self._found))
        self._tell()
        rest = _REST * self._attempt_ms / 1000
        self._require_time(rest)
        self._attempt_ms = min(int(_GROWTH * self._attempt_ms), self.policy.stall_budget)
        self.pause(rest)

    def _lockable(self) -> list[Needed]:
        return [need for need in self._found or () if need.lockable]

    def _clear(self, connection: psycopg.Connection) -> bool:
        found = holders(connection, self._found or ())
        self._looks += 1
        standing = [holder for holder in found if self._is_old(holder)]
        self._blockers = tuple(holder.blocker for holder in standing)
        self._push = bool(standing) and all(holder.autovacuum for holder in standing) and self._may_push()
        self._pushes += self._push
        return not standing or self._push

    def _may_push(self) -> bool:
        return self._pushes < _PUSHES and any(need.superuser for need in self._found or ())

    def _is_old(self, holder: Holder) -> bool:
        """Whether it is older than the threshold; one whose age is hidden and that was there at the first look is."""
        if holder.blocker.pid is None:
            return True
        if not holder.hidden:
            return holder.blocker.seconds >= self._age
        now = time.monotonic()
        first = self._seen.setdefault(holder.transaction, float("-inf") if self._looks == 1 else now)
        return now - first >= self._age

    def _tell(self) -> None:
        self.listener(Waiting(self._wanted(), self._blockers, time.monotonic() - self._began, self.attempts))

    def _wanted(self) -> tuple[str, ...]:
        return tuple(need.relation for need in self.needs)

    def _require_time(self, seconds: float) -> None:
        waited = time.monotonic() - self._began
        if waited + seconds >= self.policy.give_up_after / 1000:
            raise self._gave_up(waited)

    def _gave_up(self, waited: float) -> RolledBack:
        wanted = ", ".join(self._wanted()) or "a table that the plan does not expect to be locked"
        named = "; ".join(dict.fromkeys(map(described, self._blockers)))
        pids = sorted({blocker.pid for blocker in self._blockers if blocker.pid is not None})
        ending = f" (or end it: SELECT pg_terminate_backend({pids[0]}))" if pids else ""
        return RolledBack(
            f"gave up after {waited:.1f} s of waiting for the locks on {wanted}; nothing of this step was done",
            why=named or f"each of {self.attempts} short attempts met a lock that others hold for moments",
            remedy=f"wait until it has ended{ending}, then go on: migsafe apply plan.json",
            place=self.place,
        )


def described(blocker: Blocker) -> str:
    """A blocker in one clause, for messages."""
    who = f"pid {blocker.pid}" if blocker.pid is not None else "a prepared transaction"
    about = ", ".join(part for part in (blocker.application, blocker.user and f"role {blocker.user}") if part)
    age = f" for {blocker.seconds:.1f} s" if blocker.seconds else ""
    doing = f", {blocker.state}" if blocker.state and blocker.pid is not None else ""
    query = f": {blocker.query}" if blocker.query else ""
    return f"{who}{f' ({about})' if about else ''} holds {blocker.mode} on {blocker.relation}{age}{doing}{query}"


def _names(group: list[Needed]) -> str:
    return ", ".join(str(need.name) for need in group)

"""Whether the ledger and the touched objects are as the plan found them; asked while the lock of the target is held."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.executor.ledger import read, supabase
from migsafe.executor.moved import require_base
from migsafe.schemas.plan import Direction
from migsafe.schemas.problem import Drift, Locked, Partial, Stale

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from migsafe.executor.options import Compare
    from migsafe.schemas.ledger import LedgerState, UnfinishedRun
    from migsafe.schemas.plan import Plan

# The server looks every half second whether its client is still there (PG 14 and later).
_LEFTOVER_LOOKS = 100
_LEFTOVER_PAUSE = 0.1
_ANEW = "look at what is pending now: migsafe plan -o plan.json"


class BrokenOff(StrEnum):
    """What to do about another plan's run that stopped in the middle of a migration."""

    REFUSE = "refuse"
    SUPERSEDE = "supersede"
    """Go on with this plan, which was made knowing what stands."""


def require_alone(connection: psycopg.Connection, pause: Callable[[float], None]) -> None:
    """Wait until the server has noticed the end of a run that was killed and whose last statement still goes on.

    The lock of the target is held, so no other run is at work. Raises Locked where the statement does not end.
    """
    query = files(__package__).joinpath("leftover.sql").read_bytes()
    looks = 0
    while (row := connection.execute(query).fetchone()) is not None and looks < _LEFTOVER_LOOKS:
        looks += 1
        pause(_LEFTOVER_PAUSE)
    if row is None:
        return
    raise Locked(
        f"a run that is no longer there has left a statement behind, which still goes on in pid {row[0]}",
        why=f"its session is {row[1]}; what it will come to is not known yet",
        remedy=f"wait for it, or end it: psql -c 'SELECT pg_terminate_backend({row[0]})'; then run the same again",
    )


def require_unchanged(
    plan: Plan, connection: psycopg.Connection, broken_off: BrokenOff, compare: Compare | None = None
) -> LedgerState:
    """The ledger, when the plan still fits it and the objects that it touches.

    Where its unfinished run is this plan's, that run is to be resumed. `compare` puts into words what
    changed. Raises Drift, Stale or Partial.
    """
    ledger = read(connection)
    _require_intact(ledger)
    unfinished = ledger.unfinished
    if unfinished is not None and unfinished.plan == plan.id:
        _require_same(plan, unfinished)
        _require_not_applied_elsewhere(plan, ledger, connection)
        if not unfinished.done and unfinished.running is None:
            require_base(plan, connection, compare)
        return ledger
    if plan.id in ledger.plans:
        raise Stale(
            "the plan was already applied", why="its id stands in the ledger; a plan is used once", remedy=_ANEW
        )
    if unfinished is not None and broken_off is BrokenOff.REFUSE and unfinished.half_done:
        raise _in_the_way(unfinished)
    _require_head(plan, ledger, connection)
    _require_not_applied_elsewhere(plan, ledger, connection)
    require_base(plan, connection, compare)
    return ledger


def _require_intact(ledger: LedgerState) -> None:
    if not ledger.intact:
        raise Drift(
            f"the ledger was changed by hand: entry {ledger.broken_at} does not fit the one before it",
            why="its chain of hashes is broken, so the history cannot be trusted from there on",
            remedy="see it: migsafe history; restore the schema migsafe from a backup: migsafe backup list",
        )


def _require_same(plan: Plan, unfinished: UnfinishedRun) -> None:
    if plan.digest != unfinished.digest:
        raise Stale(
            "a run of this plan broke off, and the plan is no longer the same",
            why=f"it was begun with digest {unfinished.digest[:12]}, and this file has {plan.digest[:12]}",
            remedy="apply the file that was begun, or make a new plan: migsafe plan -o plan.json",
        )


def _in_the_way(unfinished: UnfinishedRun) -> Partial:
    where = unfinished.running or unfinished.done[-1]
    return Partial(
        f"a run of another plan broke off in the middle of {where.migration}",
        why=f"run {unfinished.run} of plan {unfinished.plan}, begun {unfinished.started_at}, has not come to its end",
        remedy="go on with that plan first: migsafe apply with its file (migsafe status shows what stands); or mend the"
        " file so that it does nothing twice, and give that run up: migsafe up --supersede",
    )


def _require_head(plan: Plan, ledger: LedgerState, connection: psycopg.Connection) -> None:
    if plan.target.lineage not in {None, ledger.lineage}:
        raise Stale(
            "the plan belongs to another history",
            why=f"it was made for the ledger {plan.target.lineage}; this one is {ledger.lineage or 'not there'}",
            remedy=_ANEW,
        )
    if ledger.head != plan.ledger_head:
        since = _applied_since(plan, ledger, connection)
        named = ", ".join(since) if since else "no migration, but a run was begun or undone"
        raise Stale(f"the plan is stale: applied since it was made: {named}", why="the ledger has grown", remedy=_ANEW)


def _applied_since(plan: Plan, ledger: LedgerState, connection: psycopg.Connection) -> tuple[str, ...]:
    row = connection.execute("SELECT sequence FROM migsafe.ledger WHERE hash = %s", [plan.ledger_head]).fetchone()
    known = int(row[0]) if row else 0
    return tuple(migration.file for migration in ledger.applied if migration.sequence > known)


def _require_not_applied_elsewhere(plan: Plan, ledger: LedgerState, connection: psycopg.Connection) -> None:
    if plan.direction is not Direction.UP:
        return
    known, ours = supabase.recorded(connection), {migration.label for migration in ledger.applied}
    found = [one.file for one in plan.migrations if supabase.is_anothers(one.label, one.name, known, ours)]
    if found:
        raise Stale(
            f"the plan is stale: another tool applied {', '.join(found)} since it was made",
            why="it stands in supabase_migrations.schema_migrations, and migsafe did not write it there",
            remedy=_ANEW,
        )

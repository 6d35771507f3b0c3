"""The gate: whether a plan may be applied to this target, now, by us; asked before anything is touched."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from migsafe.executor.connect import require_known, session_facts
from migsafe.executor.survey.survey import identity
from migsafe.schemas.names import quoted
from migsafe.schemas.plan import PLAN_FORMAT
from migsafe.schemas.policies import Weekday
from migsafe.schemas.problem import Refusal, Stale
from migsafe.schemas.seal import digest_of

if TYPE_CHECKING:
    import psycopg

    from migsafe.schemas.plan import Limits, Plan
    from migsafe.schemas.policies import Window
    from migsafe.schemas.target import SessionFacts, TargetIdentity

_ANEW = "make it anew: migsafe plan -o plan.json"


class OtherTarget(Stale):
    """The plan is for another database."""


def require_applicable(plan: Plan, now: dt.datetime) -> None:
    """What the plan itself says: whole, of a known format, allowed, not expired, in its window. Needs no server.

    `now` has an offset. Raises Stale or Refusal.
    """
    _require_known_format(plan)
    if digest_of(plan) != plan.digest:
        raise Stale("the plan was changed after it was made", why="its content does not match its digest", remedy=_ANEW)
    if not plan.verdict.allowed:
        raise Refusal(
            "the plan is not allowed", why="; ".join(plan.verdict.reasons), remedy="see it: migsafe show plan.json"
        )
    expires = dt.datetime.fromisoformat(plan.expires_at)
    if now >= expires:
        raise Stale(f"the plan expired at {plan.expires_at}", why=f"it is {now.isoformat()}", remedy=_ANEW)
    _require_window(plan.limits, now)


def _require_known_format(plan: Plan) -> None:
    """A newer minor may hold what must not be overlooked, so it is refused like another major."""
    major, _, minor = plan.format.partition(".")
    known_major, _, known_minor = PLAN_FORMAT.partition(".")
    if major != known_major or not minor.isdecimal() or int(minor) > int(known_minor):
        raise Stale(
            f"the plan has format {plan.format}, and this migsafe knows {PLAN_FORMAT}",
            why="it was made by another version of migsafe",
            remedy=_ANEW,
        )


def _require_window(limits: Limits, now: dt.datetime) -> None:
    for freeze in limits.freeze:
        if freeze.start <= now < freeze.end:
            raise Refusal(
                f"changes are frozen until {freeze.end.isoformat()}",
                why=freeze.reason,
                remedy="apply the plan after that, or change policies.freeze and make it anew",
            )
    window = limits.maintenance_window
    if window is not None and not is_open(window, now):
        raise Refusal(
            f"the maintenance window ({window.start} to {window.end}, {window.timezone}) is closed",
            why=f"it is {now.astimezone(ZoneInfo(window.timezone)):%a %H:%M} there; days: {' '.join(window.days)}",
            remedy="apply the plan inside the window, or change policies.maintenance_window and make it anew",
        )


def is_open(window: Window, now: dt.datetime) -> bool:
    """Whether `now`, with its offset, lies in the window. A window over midnight belongs to the day it opens on."""
    local = now.astimezone(ZoneInfo(window.timezone))
    start, end = dt.time.fromisoformat(window.start), dt.time.fromisoformat(window.end)
    today, yesterday = (tuple(Weekday)[(local.weekday() - back) % 7] for back in (0, 1))
    clock = local.time()
    if start < end:
        return today in window.days and start <= clock < end
    return (today in window.days and clock >= start) or (yesterday in window.days and clock < end)


def require_target(plan: Plan, connection: psycopg.Connection) -> SessionFacts:
    """Whether this is the plan's database, and the session can do the work; what the session is like.

    The connection is outside a transaction. Raises OtherTarget, Stale or Refusal.
    """
    require_identity(plan.target, connection)
    session = session_facts(connection)
    require_known(session)
    planned, found = plan.server_version // 10000, session.server_version // 10000
    if planned != found:
        raise Stale(
            f"the plan is for PostgreSQL {planned}, and the server is PostgreSQL {found}",
            why="rules and locks differ between majors",
            remedy=_ANEW,
        )
    _require_writable(session)
    _require_rights(plan, connection)
    return session


def require_identity(target: TargetIdentity, connection: psycopg.Connection) -> None:
    """Raise OtherTarget, naming both, unless the connection leads to that database of that cluster."""
    found = identity(connection, target.lineage)
    if (found.system_identifier, found.database_oid) != (target.system_identifier, target.database_oid) or (
        found.database != target.database
    ):
        raise OtherTarget(
            f"the plan is for another database: {_named(target)}; this is {_named(found)}",
            why="a plan holds for the database that it was made for, and for no copy of it",
            remedy="check the URL or --env, or make a plan for this one: migsafe plan -o plan.json",
        )


def _named(target: TargetIdentity) -> str:
    return f"{quoted(target.database)} (oid {target.database_oid}) of cluster {target.system_identifier}"


def _require_writable(session: SessionFacts) -> None:
    if session.standby:
        raise Refusal(
            "the server is a standby",
            why="it replays another server's changes and takes none of its own",
            remedy="give the URL of the primary",
        )
    if session.read_only:
        raise Refusal(
            "transactions are read-only here",
            why="default_transaction_read_only is on for this role, database or server",
            remedy="connect as a role that may write, or: ALTER ROLE ... RESET default_transaction_read_only",
        )
    if session.pooled:
        raise Refusal(
            "a transaction-mode pooler stands between migsafe and the server",
            why="locks, settings and transactions would be spread over sessions that others share",
            remedy="give the direct URL, or that of the session pooler (Supabase: port 5432, not 6543)",
        )


def _require_rights(plan: Plan, connection: psycopg.Connection) -> None:
    query = files(__package__).joinpath("rights.sql").read_bytes()
    row = connection.execute(query, {"role": plan.role}).fetchone()
    user, has_ledger, may_create, role_known, may_be = row or ("", False, False, False, False)
    if plan.role is not None and not (role_known and may_be):
        raise Refusal(
            f"{user} may not run the migrations as {plan.role}",
            why="it is no member of that role with the SET option" if role_known else "there is no such role",
            remedy=f"as its admin: GRANT {quoted(plan.role)} TO {quoted(user)}"
            if role_known
            else "correct database.role",
        )
    if not has_ledger and not may_create:
        raise Refusal(
            f"{user} may not create the schema migsafe, in which the history is kept",
            why="it has no CREATE right on the database",
            remedy=f"as its owner: GRANT CREATE ON DATABASE {quoted(plan.target.database)} TO {quoted(user)}",
        )

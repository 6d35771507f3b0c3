"""Looks at the target and at this machine, one check after the other."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from migsafe.executor.answered import answered
from migsafe.executor.connect import NEWEST, OLDEST, connect, redacted, session_facts
from migsafe.executor.ledger import read
from migsafe.executor.server.account import server_account
from migsafe.executor.server.binaries import find_client
from migsafe.executor.server.seclusion import can_be_closed
from migsafe.schemas.problem import Problem
from migsafe.schemas.report import Check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

    from migsafe.schemas.target import SessionFacts

"""Majors of PostgreSQL that migsafe was tried with."""

_IN_THE_WAY: Final = {
    "long transactions": "wait for them or end them: strong locks have to wait for every one that reads the table",
    "prepared transactions": "COMMIT PREPARED or ROLLBACK PREPARED: they keep their locks until then",
    "replication slots": "see why the consumer does not read, or drop the slot: it keeps the server's disk filling",
    "invalid indexes": "drop each with DROP INDEX CONCURRENTLY and build it again: a build broke off",
}


@dataclass(frozen=True, slots=True)
class Patience:
    """What is borne before it is called trouble."""

    transaction_seconds: int = 60
    """Age of a transaction."""
    retained_bytes: int = 1 << 30
    """WAL that the server keeps for a replication slot."""


def examine(
    url: str, *, backup_folder: Path, schemas: tuple[str, ...], patience: Patience = Patience()
) -> tuple[Check, ...]:
    """All checks in order; those that need a connection are left out where there is none. Changes nothing."""
    try:
        connection = connect(url, application="doctor", connect_timeout_ms=10_000)
    except Problem as problem:
        return (_error("connection", problem),)
    with answered(), connection:
        facts = session_facts(connection)
        return (
            Check(name="connection", state="ok", detail=f"{redacted(url)} as {facts.role}", remedy=""),
            *_session(facts),
            *_rights(connection, schemas),
            _ledger(connection),
            _dump(facts),
            _disk(connection, backup_folder),
            *_trouble(connection, schemas, patience),
        )


def seclusion() -> Check:
    """Whether the scratch server of a rehearsal can be kept off the network here. Tries it with a small process."""
    name = "rehearsal network"
    try:
        account = server_account()
    except Problem as problem:
        return Check(name=name, state="warning", detail=f"{problem.what}: {problem.why}", remedy=problem.remedy)
    if can_be_closed(account):
        return Check(name=name, state="ok", detail="closed for the scratch server", remedy="")
    return Check(
        name=name,
        state="warning",
        detail="this system starts no process without a network, so a migration could carry something out",
        remedy="allow user namespaces, or rehearse migrations of strangers on a machine whose network is closed",
    )


def _session(facts: SessionFacts) -> Iterator[Check]:
    major = facts.server_version // 10_000
    if major < OLDEST:
        yield Check(
            name="server", state="error", detail=f"PostgreSQL {major} is too old", remedy=f"upgrade to {OLDEST}+"
        )
    else:
        state, note = ("ok", "") if major <= NEWEST else ("warning", f", newer than the {NEWEST} that migsafe knows")
        remedy = "upgrade migsafe, or rehearse with care" if note else ""
        yield Check.model_validate(
            {"name": "server", "state": state, "detail": f"PostgreSQL {major}{note}", "remedy": remedy}
        )
    yield _must_not(facts.pooled, "pooler", "sessions are lent to others", "use the direct or session-mode URL (5432)")
    yield _must_not(facts.standby, "primary", "the server is a standby", "use the URL of the primary")
    yield _must_not(facts.read_only, "writable", "transactions are read-only", "unset default_transaction_read_only")
    if facts.superuser:
        remedy = "connect as the role that owns the tables"
        yield Check(name="role", state="warning", detail=f"{facts.role} is a superuser", remedy=remedy)


def _rights(connection: psycopg.Connection, schemas: tuple[str, ...]) -> Iterator[Check]:
    row = connection.execute(_own("rights.sql"), {"schemas": list(schemas)}).fetchone()
    may_create, owners = row or (False, [])
    remedy = f"as the database's owner: GRANT CREATE ON DATABASE {connection.info.dbname} TO {connection.info.user}"
    yield _must_not(not may_create, "ledger rights", "the schema migsafe may not be made", remedy)
    yield _may_not("ownership", owners, "connect as the owner, or grant this role the roles in brackets")


def _ledger(connection: psycopg.Connection) -> Check:
    try:
        state = read(connection)
    except Problem as problem:
        return _error("ledger", problem)
    if not state.intact:
        detail = f"the chain of hashes breaks at entry {state.broken_at}"
        return Check(name="ledger", state="error", detail=detail, remedy="restore the schema migsafe from a backup")
    detail = f"intact, {len(state.applied)} migrations stand" if state.exists else "none yet"
    return Check(name="ledger", state="ok", detail=detail, remedy="")


def _dump(facts: SessionFacts) -> Check:
    try:
        found = find_client("pg_dump", at_least=facts.server_version // 10_000)
    except Problem as problem:
        return _error("pg_dump", problem)
    return Check(name="pg_dump", state="ok", detail=str(found), remedy="")


def _disk(connection: psycopg.Connection, folder: Path) -> Check:
    row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    size = int(row[0]) if row else 0
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    detail = f"{free >> 20} MB free for backups, the database has {size >> 20} MB"
    remedy = "" if free > size else "make room, or name another backup folder in the manifest"
    return Check(name="disk", state="ok" if free > size else "warning", detail=detail, remedy=remedy)


def _trouble(connection: psycopg.Connection, schemas: tuple[str, ...], patience: Patience) -> Iterator[Check]:
    asked = {"schemas": list(schemas), **asdict(patience)}
    rows = connection.execute(_own("trouble.sql"), asked).fetchall()
    for name, remedy in _IN_THE_WAY.items():
        yield _may_not(name, [found for kind, found in rows if kind == name], remedy)


def _must_not(harmful: object, name: str, detail: str, remedy: str) -> Check:
    return Check(
        name=name,
        state="error" if harmful else "ok",
        detail=detail if harmful else "fine",
        remedy=remedy if harmful else "",
    )


def _may_not(name: str, found: list[str], remedy: str) -> Check:
    return Check(
        name=name,
        state="warning" if found else "ok",
        detail="; ".join(found) or "fine",
        remedy=remedy if found else "",
    )


def _error(name: str, problem: Problem) -> Check:
    detail = f"{problem.what}: {problem.why}" if problem.why else problem.what
    return Check(name=name, state="error", detail=detail, remedy=problem.remedy)


def _own(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()

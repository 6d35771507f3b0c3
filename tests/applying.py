"""Plans made by hand, and the ways in which tests apply them."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import TYPE_CHECKING

import psycopg

from migsafe.executor.ledger import read
from migsafe.executor.options import ApplyOptions, Outcome, Waiver
from migsafe.executor.run import apply
from migsafe.executor.survey import fingerprints
from migsafe.executor.survey.survey import identity
from migsafe.schemas.events import silent
from migsafe.schemas.manifest import Backup
from migsafe.schemas.plan import (
    PLAN_FORMAT,
    Direction,
    Limits,
    Plan,
    PlannedBackup,
    PlannedMigration,
    Undo,
    UndoClass,
    Verdict,
)
from migsafe.schemas.platform import Platform
from migsafe.schemas.policies import Locking, Timeouts
from migsafe.schemas.risk import Risk
from migsafe.schemas.seal import sealed
from migsafe.schemas.severity import Level
from migsafe.schemas.step import LockNeed, LoneStep, StatementText, TransactionStep, Unobservable

if TYPE_CHECKING:
    from migsafe.schemas.events import Listener
    from migsafe.schemas.ledger import LedgerState
    from migsafe.schemas.locks import Lock
    from migsafe.schemas.step import Observation, Step

NO_RISK = Risk(score=0, level=Level.LOW, points=())
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
OPTIONS = ApplyOptions(now=NOW, actor="ann@build", tool="0.1.0", waiver=Waiver("ann", "for a test"))
QUICK = Locking(stall_budget=150, first_attempt=100, look_every=20, give_up_after=1_000)
SLOW = Timeouts(statement=20_000)


def text(sql: str, line: int = 1) -> StatementText:
    """A statement whose first word begins the line."""
    digest = hashlib.sha256(sql.encode()).hexdigest()
    summary = sql.rsplit("\n", maxsplit=1)[-1][:40]
    return StatementText(sql=sql, line=line, column=1, sha256=digest, summary=summary, effects=())


def together(*statements: str, locks: tuple[tuple[str, Lock], ...] = ()) -> TransactionStep:
    """A transaction; `locks` are relations with the mode needed there."""
    needs = tuple(LockNeed(relation=relation, lock=lock) for relation, lock in locks)
    return TransactionStep(kind="transaction", statements=tuple(map(text, statements)), locks=needs)


def alone(sql: str, observation: Observation | None = None, locks: tuple[tuple[str, Lock], ...] = ()) -> LoneStep:
    """A statement outside a transaction."""
    needs = tuple(LockNeed(relation=relation, lock=lock) for relation, lock in locks)
    seen = observation or Unobservable(kind="unobservable")
    return LoneStep(kind="lone", statement=text(sql), observation=seen, locks=needs)


def migration(file: str, *steps: Step) -> PlannedMigration:
    """A migration whose file holds its statements, each on lines of its own."""
    line, placed, lines = 1, [], []
    for step in steps:
        statements = step.statements if isinstance(step, TransactionStep) else (step.statement,)
        moved = []
        for statement in statements:
            # As the parser does it: comments lead their statement, and its line is that of the first word.
            comments = sum(1 for one in statement.sql.split("\n") if one.startswith("--"))
            moved.append(statement.model_copy(update={"line": line + comments}))
            lines.append(statement.sql + ";")
            line += statement.sql.count("\n") + 1
        change = {"statements": tuple(moved)} if isinstance(step, TransactionStep) else {"statement": moved[0]}
        placed.append(step.model_copy(update=change))
    sql = "\n".join(lines) + "\n"
    digest = hashlib.sha256(sql.encode()).hexdigest()
    undo = Undo(undo_class=UndoClass.LOSSLESS, reason="a test", file=None, sql=None, sha256=None, steps=())
    label, name = file.removesuffix(".sql").split("_", 1)
    return PlannedMigration(
        label=label,
        name=name,
        file=file,
        path=f"migrations/{file}",
        sha256=digest,
        normalised_sha256=digest,
        sql=sql,
        steps=tuple(placed),
        undo=undo,
        findings=(),
        risk=NO_RISK,
    )


def plan_for(
    url: str,
    *migrations: PlannedMigration,
    base: tuple[str, ...] = (),
    locking: Locking = QUICK,
    timeouts: Timeouts = SLOW,
    **changes: object,
) -> Plan:
    """A sealed plan for the database as it stands; `changes` are fields of the plan."""
    with psycopg.connect(url, autocommit=True) as connection:
        ledger = read(connection)
        target = identity(connection, ledger.lineage)
        version = connection.info.server_version
        shapes = fingerprints(connection, base)
    plan = Plan(
        format=PLAN_FORMAT,
        id=str(uuid.uuid4()),
        created_at=NOW.isoformat(),
        expires_at=(NOW + dt.timedelta(days=7)).isoformat(),
        tool="0.1.0",
        direction=Direction.UP,
        project="test",
        environment=None,
        platform=Platform.POSTGRES,
        role=None,
        target=target,
        server_version=version,
        ledger_head=ledger.head,
        base=shapes,
        history=(),
        migrations=migrations,
        findings=(),
        risk=NO_RISK,
        backup=PlannedBackup(due=False, reason="a test", settings=Backup()),
        limits=Limits(timeouts=timeouts, locking=locking, maintenance_window=None, freeze=()),
        verdict=Verdict(allowed=True, reasons=()),
        digest="",
    )
    return sealed(plan.model_copy(update=changes))


def run(plan: Plan, url: str, listener: Listener = silent, options: ApplyOptions = OPTIONS) -> Outcome:
    """Apply it."""
    return apply(plan, url, options, listener)


def ledger_of(url: str) -> LedgerState:
    """What the ledger says."""
    with psycopg.connect(url, autocommit=True) as connection:
        return read(connection)


def value(url: str, query: str) -> object:
    """The first value that a query returns."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def applied_files(url: str) -> list[str]:
    """The migrations that stand, by the ledger."""
    return [migration.file for migration in ledger_of(url).applied]

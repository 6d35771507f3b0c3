"""Plans and findings made by hand, for tests of what is shown of them."""

from __future__ import annotations

from migsafe.schemas.effect import Effect, Loss
from migsafe.schemas.finding import Dimension, Finding
from migsafe.schemas.locks import Lock
from migsafe.schemas.manifest import Backup
from migsafe.schemas.plan import (
    Direction,
    Limits,
    MigrationStanding,
    Plan,
    PlannedBackup,
    PlannedMigration,
    Standing,
    Undo,
    UndoClass,
    Verdict,
)
from migsafe.schemas.platform import Platform
from migsafe.schemas.policies import Locking, Timeouts
from migsafe.schemas.risk import Point, Risk
from migsafe.schemas.seal import sealed
from migsafe.schemas.severity import Level, Severity
from migsafe.schemas.step import StatementText, TransactionStep
from migsafe.schemas.target import TargetIdentity

HASH = "ab" * 32
HOSTILE = "evil\x1b[31m\n::error::owned\u202e|`@everyone` [x](http://a.b) <img src=x> ##[error]no\x07"
"""A name that colours, breaks lines, commands CI runners, and is Markdown and HTML besides."""

RISK = Risk(
    score=62,
    level=Level.HIGH,
    points=(Point(points=50, dimension=Dimension.DATA_LOSS, fact="drop-column: public.users.fax"),),
)


def finding(**changes: object) -> Finding:
    """A finding about `ALTER TABLE users DROP COLUMN fax;`, with some fields changed."""
    fields: dict[str, object] = {
        "rule": "drop-column",
        "severity": Severity.WARNING,
        "dimension": Dimension.DATA_LOSS,
        "points": 50,
        "object": "public.users",
        "detail": "the column public.users.fax is dropped with all its values",
        "harm": "Its values are gone for good.",
        "remedy": "Stop using the column in one release, drop it in a later one.",
        "path": "supabase/migrations/20250217_drop_fax.sql",
        "line": 3,
        "column": 1,
        "excerpt": "ALTER TABLE users DROP COLUMN fax;",
        "statement": HASH,
        "waiver": None,
    }
    return Finding.model_validate({**fields, **changes})


def statement(summary: str = "drop column users.fax", relation: str = "public.users") -> StatementText:
    """A statement that drops a column."""
    effect = Effect(
        relation=relation, lock=Lock.ACCESS_EXCLUSIVE, rewrite=False, scan=False, loss=Loss.COLUMN, new=False
    )
    sql = "ALTER TABLE users DROP COLUMN fax;"
    return StatementText(sql=sql, line=3, column=1, sha256=HASH, summary=summary, effects=(effect,))


def migration(name: str = "drop_fax", *, summary: str = "drop column users.fax") -> PlannedMigration:
    """A migration of one step that drops a column."""
    file = f"20250217_{name}.sql"
    return PlannedMigration(
        label="20250217",
        name=name,
        file=file,
        path=f"supabase/migrations/{file}",
        sha256=HASH,
        normalised_sha256=HASH,
        sql="ALTER TABLE users DROP COLUMN fax;",
        steps=(TransactionStep(kind="transaction", statements=(statement(summary),), locks=()),),
        undo=Undo(
            undo_class=UndoClass.IRREVERSIBLE,
            reason="the values of users.fax are gone",
            file=None,
            sql=None,
            sha256=None,
            steps=(),
        ),
        findings=(finding(),),
        risk=RISK,
    )


def plan(*migrations: PlannedMigration, **changes: object) -> Plan:
    """A sealed plan for a database `app`."""
    made = Plan(
        format="1.0",
        id="0123456789abcdef0123456789abcdef",
        created_at="2026-01-01T00:00:00+00:00",
        expires_at="2099-01-08T00:00:00+00:00",
        tool="0.1.0",
        direction=Direction.UP,
        project="shop",
        environment="staging",
        platform=Platform.POSTGRES,
        role=None,
        target=TargetIdentity(system_identifier="1", database_oid=5, database="app", lineage=None),
        server_version=170010,
        ledger_head="",
        base=(),
        history=(
            MigrationStanding(
                standing=Standing.FOREIGN, label="2024", name="other", file="", detail="recorded by supabase"
            ),
        ),
        migrations=migrations,
        findings=(),
        risk=RISK,
        backup=PlannedBackup(due=True, reason="the manifest asks for one before each apply", settings=Backup()),
        limits=Limits(timeouts=Timeouts(), locking=Locking(), maintenance_window=None, freeze=()),
        verdict=Verdict(allowed=True, reasons=()),
        digest="",
    )
    return sealed(made.model_copy(update=changes))

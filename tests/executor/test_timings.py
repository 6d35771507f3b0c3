"""What statements took on large relations is kept in the ledger, for later plans to expect."""

from __future__ import annotations

from applying import ledger_of, migration, plan_for, run, text
from migsafe.schemas.effect import Effect, Loss
from migsafe.schemas.locks import Lock
from migsafe.schemas.step import StatementText, TransactionStep


def sized(sql: str, size: int, work: str) -> StatementText:
    """A statement with an effect on a relation that the plan knew to be of this size."""
    effect = Effect(
        relation="public.t",
        lock=Lock.ACCESS_EXCLUSIVE,
        rewrite=work == "rewrite",
        scan=True,
        loss=Loss.NONE,
        new=False,
        rows=1,
        bytes=size,
        work=work,
        work_ms=1,
    )
    return text(sql).model_copy(update={"effects": (effect,), "sha256": sql.encode().hex().ljust(64, "0")[:64]})


def test_a_run_keeps_what_statements_on_large_relations_took(database: str) -> None:
    statements = (
        text("CREATE TABLE t (n int);"),
        sized("ALTER TABLE t ALTER n TYPE bigint;", 10**9, "rewrite"),
        sized("ALTER TABLE t ADD CHECK (n > 0);", 9_999_999, "scan"),
        sized("ALTER TABLE t ADD COLUMN c int;", 10**9, "catalog change"),
    )
    step = TransactionStep(kind="transaction", statements=statements, locks=(), modes=())
    run(plan_for(database, migration("1_t.sql", step)), database)
    (timing,) = ledger_of(database).timings
    assert (timing.work, timing.bytes) == ("rewrite", 10**9)
    assert timing.ms >= 0

"""Properties of what waiting costs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migsafe.planner.risk import exposures
from migsafe.planner.risk.speeds import DEFAULT_SPEEDS, Work, learned, worked
from migsafe.schemas.effect import Effect, Loss
from migsafe.schemas.ledger import Timing
from migsafe.schemas.live import TableActivity
from migsafe.schemas.locks import Lock
from migsafe.schemas.step import StatementText, TransactionStep

BLOCKING = st.sampled_from([lock for lock in Lock if lock.blocks_writes])
BYTES = st.integers(0, 10**13)
RATES = st.floats(0, 1e5)
WORK = st.sampled_from(Work)


def effect(lock: Lock = Lock.ACCESS_EXCLUSIVE, size: int = 10**9, work: Work = Work.SCAN, rows: int = 10**6) -> Effect:
    return Effect(
        relation="public.orders",
        lock=lock,
        rewrite=work is Work.REWRITE,
        scan=work is not Work.BRIEF,
        loss=Loss.NONE,
        new=False,
        rows=rows,
        bytes=size,
        work=work,
        work_ms=round(1000 * DEFAULT_SPEEDS.seconds(work, size)),
    )


def text(*effects: Effect, line: int = 1) -> StatementText:
    return StatementText(sql="SELECT 1;", line=line, column=1, sha256="", summary="", effects=effects)


def traffic(writes: float, scans: float) -> dict[str, TableActivity]:
    found = TableActivity(
        table="public.orders",
        heap_bytes=None,
        index_bytes=None,
        toast_bytes=None,
        rows=-1,
        dead_rows=0,
        inserts=writes,
        updates=0.0,
        deletes=0.0,
        sequential_scans=0.0,
        index_scans=scans,
        last_analyze=None,
        last_vacuum=None,
    )
    return {"public.orders": found}


def points(*texts: StatementText, activity: dict[str, TableActivity] | None = None) -> int:
    step = TransactionStep(kind="transaction", statements=texts, locks=(), modes=())
    return max((each.points for each in exposures((step,), activity or {})), default=0)


@given(BLOCKING, WORK, BYTES, BYTES, RATES, RATES)
def test_a_larger_table_never_scores_less(
    lock: Lock, work: Work, one: int, two: int, writes: float, scans: float
) -> None:
    small, large = sorted((one, two))
    known = traffic(writes, scans)
    assert points(text(effect(lock, small, work)), activity=known) <= points(
        text(effect(lock, large, work)), activity=known
    )


@given(BLOCKING, WORK, BYTES, RATES, RATES, RATES)
def test_more_traffic_never_scores_less(
    lock: Lock, work: Work, size: int, one: float, two: float, scans: float
) -> None:
    calm, busy = sorted((one, two))
    changed = text(effect(lock, size, work))
    assert points(changed, activity=traffic(calm, scans)) <= points(changed, activity=traffic(busy, scans))


@given(BLOCKING, BLOCKING, WORK, BYTES, RATES, RATES)
def test_a_stronger_lock_never_scores_less(
    one: Lock, two: Lock, work: Work, size: int, writes: float, scans: float
) -> None:
    weak, strong = sorted((one, two), key=lambda lock: lock.strength)
    known = traffic(writes, scans)
    assert points(text(effect(weak, size, work)), activity=known) <= points(
        text(effect(strong, size, work)), activity=known
    )


@given(st.lists(st.tuples(BLOCKING, BYTES, WORK), max_size=5), BLOCKING, WORK, BYTES)
def test_what_follows_in_the_transaction_never_lowers_the_score(
    before: list[tuple[Lock, int, Work]], lock: Lock, work: Work, size: int
) -> None:
    texts = [text(effect(*each), line=number) for number, each in enumerate(before, 1)]
    assert points(*texts) <= points(*texts, text(effect(lock, size, work), line=99))


def test_a_lock_is_held_until_the_transaction_ends() -> None:
    """A brief change before a long scan of another table blocks the first one for all of the scan."""
    brief, long = effect(work=Work.BRIEF), effect(size=10**11).model_copy(update={"relation": "public.items"})
    assert points(text(brief)) == 0
    step = TransactionStep(kind="transaction", statements=(text(brief), text(long, line=2)), locks=(), modes=())
    (first, _) = exposures((step,), {})
    assert first.points > 20
    assert "then kept about 4 min until the transaction ends" in first.fact


def test_the_fact_names_lock_size_time_and_traffic() -> None:
    changed = text(effect(size=1_100_000_000, work=Work.REWRITE, rows=5_200_000))
    step = TransactionStep(kind="transaction", statements=(changed,), locks=(), modes=())
    (found,) = exposures((step,), traffic(300, 40))
    assert found.fact == (
        "ACCESS EXCLUSIVE on public.orders, 5.2 M rows, 1.1 GB, rewrite about 55 s, "
        "340 statements/s that it blocks: about 18,703 would wait"
    )


def test_a_lock_that_blocks_nobody_costs_nothing() -> None:
    assert points(text(effect(Lock.SHARE_UPDATE_EXCLUSIVE, 10**12)), activity=traffic(1000, 1000)) == 0


def test_a_brief_lock_on_a_quiet_table_costs_nothing() -> None:
    assert points(text(effect(work=Work.BRIEF)), activity=traffic(0, 0)) == 0


def timings(work: Work, rate: float, count: int) -> list[Timing]:
    """Runs of a kind of work at so many megabytes a second, on relations of 1 GB."""
    return [Timing(work=work.value, bytes=10**9, ms=round(1e6 / rate))] * count


def test_earlier_runs_on_the_target_correct_the_constants() -> None:
    speeds = learned(timings(Work.REWRITE, 100, 3))
    assert round(speeds.megabytes[Work.REWRITE]) == 100
    assert speeds.measured == {Work.REWRITE}
    assert speeds.megabytes[Work.SCAN] == DEFAULT_SPEEDS.megabytes[Work.SCAN]


def test_a_few_runs_or_small_tables_correct_nothing() -> None:
    small = [timing.model_copy(update={"bytes": 9_000_000}) for timing in timings(Work.REWRITE, 100, 9)]
    assert learned(timings(Work.REWRITE, 100, 2)).measured == frozenset()
    assert learned(small).measured == frozenset()


@given(WORK.filter(lambda work: work is not Work.BRIEF), st.floats(0.001, 1e6))
def test_a_strange_measurement_moves_a_constant_by_a_bounded_factor(work: Work, rate: float) -> None:
    constant = DEFAULT_SPEEDS.megabytes[work]
    assert constant / 20 <= learned(timings(work, rate, 5)).megabytes[work] <= constant * 20


def test_a_rewrite_that_only_the_rehearsal_saw_is_held_as_long_as_a_rewrite() -> None:
    brief = effect(size=10**9, work=Work.BRIEF)
    found = worked(brief.model_copy(update={"rewrite": True}))
    assert (found.work, found.work_ms) == ("rewrite", effect(size=10**9, work=Work.REWRITE).work_ms)
    assert worked(found.model_copy(update={"rewrite": False, "scan": False})).work_ms == brief.work_ms

"""What a plan makes itself: neither lost when it goes again in the same plan, nor a reason each for care."""

from __future__ import annotations

import datetime as dt

from migsafe.planner.draft import validate
from migsafe.schemas.manifest import Manifest
from rehearsing import file_of, plan_of

STRICT = Manifest(version=1, project="test", rollbacks={"required": "destructive"})
MADE = "CREATE TABLE t (id int PRIMARY KEY, note text);"
DROPPED = "ALTER TABLE t DROP COLUMN note;"


def test_a_column_that_the_plan_itself_made_is_no_loss() -> None:
    """On an empty target a whole history is pending: nothing of it can be lost, so no rollback is asked for."""
    assert plan_of(MADE, DROPPED, manifest=STRICT).verdict.reasons == ()


def test_a_column_of_a_table_that_the_plan_filled_is_a_loss() -> None:
    """Others may have seen and changed the rows since their transaction ended."""
    reasons = plan_of(
        MADE, "INSERT INTO t SELECT i, 'x' FROM generate_series(1, 9000) AS i;", DROPPED, manifest=STRICT
    ).verdict.reasons
    assert [reason.split(" has no usable rollback")[0] for reason in reasons] == ["0502_change.sql"]


def test_without_a_target_what_an_earlier_file_made_counts_as_in_use() -> None:
    migrations = (file_of(1, MADE), file_of(2, DROPPED))
    reasons = validate(STRICT, migrations, dt.date(2026, 1, 1)).reasons
    assert [reason.split(" has no usable rollback")[0] for reason in reasons] == ["0002_change.sql"]


def test_ways_back_count_once_in_a_plan_with_the_worst_of_them() -> None:
    """Ninety harmless migrations without a rollback are no critical plan."""
    plan = plan_of(*(f"CREATE TABLE t{number} (id int PRIMARY KEY);" for number in range(90)))
    assert {migration.risk.score for migration in plan.migrations} == {10}
    assert plan.risk.score == 10
    assert plan.risk.points[0].fact == "0500_change.sql: no rollback is declared (and 89 more migrations)"

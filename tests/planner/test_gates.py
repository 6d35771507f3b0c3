"""What a manifest's policies let pass, by the score of a plan and by the points of single findings."""

from __future__ import annotations

import datetime as dt

import pytest

from migsafe.planner.discover.hashing import sql_file
from migsafe.planner.draft import validate
from migsafe.schemas.manifest import Manifest
from migsafe.schemas.migration import Migration

TODAY = dt.date(2026, 1, 1)


def reasons(policies: dict[str, object], *texts: str) -> tuple[str, ...]:
    """Why these migrations are refused."""
    manifest = Manifest.model_validate({"version": 1, "project": "p", "policies": policies})
    files = (sql_file(f"migrations/{number}_m.sql", text.encode()) for number, text in enumerate(texts))
    migrations = tuple(
        Migration(label=str(number), name="m", file=f"{number}_m.sql", up=file, down=None)
        for number, file in enumerate(files)
    )
    return validate(manifest, migrations, TODAY).reasons


@pytest.mark.parametrize(("limit", "refused"), [(59, True), (60, False)])
def test_a_finding_above_the_limit_of_its_rule_is_refused_with_the_reason(limit: int, *, refused: bool) -> None:
    found = reasons({"rules": {"truncate": {"max_points": limit}}}, "CREATE TABLE t (id int);", "TRUNCATE t;")
    assert [f"60 points, and the manifest allows {limit}" in reason for reason in found] == [True] * refused


def test_a_limit_keeps_the_severity_of_the_rule() -> None:
    assert reasons({"rules": {"truncate": {"max_points": 100}}}, "CREATE TABLE t (id int);", "TRUNCATE t;") == ()


def test_the_score_of_the_whole_is_limited() -> None:
    (reason,) = reasons({"max_risk": 20}, "CREATE TABLE t (id int);", "TRUNCATE t;")
    assert "and the manifest allows 20" in reason

"""Generated rows in a rehearsal: steps that depend on data have some, and nothing of the target's rows is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rehearsing import scratch_folder
from shop_project import ShopProject, shop_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, mail text, grade text);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users, total numeric(9, 2));
INSERT INTO users SELECT n, CASE WHEN n % 2 = 0 THEN 'c4n4ry-' || n END, 'c4n4ry-' || n % 4
FROM generate_series(1, 1000) n;
ALTER TABLE users OWNER TO shop_owner; ALTER TABLE orders OWNER TO shop_owner; ANALYZE;
"""
KEPT = """
CREATE TABLE seen AS SELECT count(*) AS rows, count(mail) AS mails, count(DISTINCT grade) AS grades FROM users;
DO $$ DECLARE found text; BEGIN
SELECT rows || ' rows, ' || mails || ' mails, ' || grades || ' grades' INTO found FROM seen;
RAISE NOTICE '%', found; END $$;
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


@pytest.fixture
def shop(
    folder: Path, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> ShopProject:
    made = shop_project(folder, database, monkeypatch, capsys)
    made.by_hand(TABLES)
    return made


def planned(shop: ShopProject, manifest: str) -> dict[str, Any]:
    shop.manifest(f"rehearsal:\n  {manifest}\n")
    found: dict[str, Any] = shop.told("plan")["plan"]
    return found


def notices(plan: dict[str, Any]) -> str:
    found: list[str] = plan["evidence"]["migrations"][0]["statements"][-1]["notices"]
    return " ".join(found)


@pytest.mark.parametrize("trips", ["true", "false"])
def test_the_measured_rehearsal_runs_on_rows(shop: ShopProject, trips: str) -> None:
    shop.write("001_seen.sql", KEPT)
    assert "0 rows" in notices(planned(shop, f"round_trips: {trips}"))
    plan = planned(shop, f"round_trips: {trips}\n  rows: 40")
    assert "40 rows, 40 mails, 40 grades" in notices(plan)
    assert plan["evidence"]["shadow"]["generated_rows"] == 40
    assert "40 generated rows in each table" in shop.run("plan")[1]


def test_statistics_steer_nulls_and_distinct_values_only_where_allowed(shop: ShopProject) -> None:
    shop.write("001_seen.sql", KEPT)
    found = notices(planned(shop, "rows: 100\n  statistics: true"))
    assert "100 rows" in found
    mails = int(found.split(" mails")[0].rpartition(" ")[2])
    assert 30 <= mails <= 70, "half of the target's are NULL"
    assert "4 grades" in found


def test_no_value_of_the_target_comes_into_rows_or_plan(shop: ShopProject) -> None:
    shop.write(
        "001_seen.sql",
        "DO $$ BEGIN IF EXISTS (SELECT FROM users WHERE mail || grade LIKE '%c4n' || '4ry%')"
        " THEN RAISE 'leaked'; END IF; END $$;",
    )
    plan = planned(shop, "rows: 100\n  statistics: true")
    assert plan["evidence"]["failure"] is None
    assert plan["evidence"]["failed_on_rows"] is None
    assert "c4n4ry" not in str(plan)


def test_rows_that_were_made_up_refuse_no_plan(shop: ShopProject) -> None:
    """The target has no such order; what is generated does not fit the constraint."""
    shop.write("001_check.sql", "ALTER TABLE orders ADD CONSTRAINT dear CHECK (total > 1000000);")
    plan = planned(shop, "rows: 10")
    assert plan["verdict"]["allowed"] is True
    assert plan["evidence"]["failure"] is None
    assert "dear" in plan["evidence"]["failed_on_rows"]["what"]
    found = {each["rule"]: each["severity"] for each in plan["migrations"][0]["findings"]}
    assert found["fails-on-generated-rows"] == "notice"
    assert plan["evidence"]["migrations"][0]["round_trip"]["outcome"] == "proven"


def test_a_migration_that_fails_with_and_without_rows_refuses_the_plan(shop: ShopProject) -> None:
    shop.write("001_bad.sql", "ALTER TABLE orders ADD CONSTRAINT dear CHECK (nothing > 1);")
    plan = planned(shop, "rows: 10")
    assert plan["verdict"]["allowed"] is False
    assert plan["evidence"]["failed_on_rows"] is None
    assert "nothing" in plan["evidence"]["failure"]["what"]

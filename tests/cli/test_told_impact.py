"""What a plan says of the application's queries: the server's word, with the column that the estimate names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rehearsing import scratch_folder
from shop_project import ShopProject, shop_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, mail text, age int); CREATE TABLE notes (id bigint PRIMARY KEY, text text);
ALTER TABLE users OWNER TO shop_owner; ALTER TABLE notes OWNER TO shop_owner;
"""
QUERIES = """
SELECT id FROM users WHERE mail = $1;
SELECT age FROM users;
SELECT to_jsonb(u) AS whole FROM users u;
SELECT text FROM notes;
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
    made.manifest("impact:\n  queries: [queries.sql]\n")
    (folder / "queries.sql").write_text(QUERIES)
    return made


def told(shop: ShopProject, *more: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The plan, and what its findings say of queries, by rule."""
    plan = shop.told("plan", *more)["plan"]
    findings = [each for migration in plan["migrations"] for each in migration["findings"]]
    return plan, {each["rule"]: each["detail"] for each in findings if each["rule"].startswith("query-")}


def test_the_server_says_that_a_query_breaks_and_the_estimate_which_column_it_is(shop: ShopProject) -> None:
    shop.write("001_drop.sql", "ALTER TABLE users DROP COLUMN mail;")
    plan, found = told(shop)
    assert found["query-breaks"] == (
        '1 query: queries.sql:2: column "mail" does not exist (public.users.mail, estimated)'
    )
    (broken,) = (each for each in plan["evidence"]["impacts"] if each["verdict"] == "broken")
    assert (broken["estimated"], broken["altered"]) == (False, [{"relation": "public.users", "column": "mail"}])
    assert {"compatibility"} <= {point["dimension"] for point in plan["risk"]["points"]}


def test_keys_that_vanish_from_json_are_told_although_no_server_sees_them(shop: ShopProject) -> None:
    shop.write("001_drop.sql", "ALTER TABLE users DROP COLUMN mail;")
    _, found = told(shop)
    assert found["query-result-changes"].startswith("1 query (estimated): queries.sql:4: ")
    assert "public.users.mail" in found["query-result-changes"]


def test_a_column_of_another_type_changes_the_result_of_a_kept_statement(shop: ShopProject) -> None:
    shop.write("001_retype.sql", "ALTER TABLE users ALTER COLUMN age TYPE bigint;")
    plan, found = told(shop)
    assert "public.users.age, estimated" in found["query-result-changes"]
    changed = [each for each in plan["evidence"]["impacts"] if not each["estimated"]]
    assert [(each["sqlstate"], each["verdict"]) for each in changed] == [("0A000", "result-type-changes")]


def test_without_a_rehearsal_the_estimate_speaks_alone_and_says_so(shop: ShopProject) -> None:
    shop.write("001_drop.sql", "ALTER TABLE users DROP COLUMN mail;\nALTER TABLE notes RENAME TO remarks;")
    plan, found = told(shop, "--no-rehearsal")
    assert plan["evidence"] is None
    findings = [each for each in plan["migrations"][0]["findings"] if each["rule"] == "query-breaks"]
    assert [(each["line"], "(estimated)" in each["detail"]) for each in findings] == [(1, True), (2, True)]
    assert "(public.notes)" in found["query-breaks"]
    assert "compatibility" in {point["dimension"] for point in plan["risk"]["points"]}


def test_what_a_plan_leaves_alone_is_not_spoken_of(shop: ShopProject) -> None:
    shop.write("001_more.sql", "ALTER TABLE users ADD COLUMN more int; CREATE TABLE other (id int);")
    for more in ((), ("--no-rehearsal",)):
        assert told(shop, *more)[1] == {}


def test_a_view_in_place_of_a_renamed_table_breaks_nothing(shop: ShopProject) -> None:
    shop.write("001_view.sql", "ALTER TABLE notes RENAME TO remarks; CREATE VIEW notes AS SELECT * FROM remarks;")
    for more in ((), ("--no-rehearsal",)):
        assert told(shop, *more)[1] == {}

"""A statement that wants rows of the target refuses no plan: the shadow has none, and all else is rehearsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rehearsing import scratch_folder
from shop_project import ShopProject, shop_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = """
CREATE TABLE roles (id int PRIMARY KEY, name text NOT NULL); INSERT INTO roles VALUES (1, 'admin');
CREATE TABLE users (id int PRIMARY KEY, role int NOT NULL REFERENCES roles); INSERT INTO users VALUES (1, 1);
ALTER TABLE roles OWNER TO shop_owner; ALTER TABLE users OWNER TO shop_owner;
"""
WANTING = [
    "INSERT INTO users VALUES (2, 1);",
    "INSERT INTO users VALUES (2, (SELECT id FROM roles WHERE name = 'admin'));",
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM roles) THEN RAISE EXCEPTION 'roles are missing'; END IF; END $$;",
]
LATER = "ALTER TABLE users ADD COLUMN note text;"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


@pytest.fixture
def shop(
    folder: Path, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> ShopProject:
    made = shop_project(folder, database, monkeypatch, capsys)
    made.by_hand(ROWS)
    return made


def planned(shop: ShopProject) -> dict[str, Any]:
    found: dict[str, Any] = shop.told("plan", "-o", "plan.json")["plan"]
    return found


@pytest.mark.parametrize("wanting", WANTING)
def test_what_wants_rows_is_told_and_what_comes_before_and_after_it_is_rehearsed(
    shop: ShopProject, wanting: str
) -> None:
    shop.write("001_users.sql", f"CREATE TABLE logs (id int);\n{wanting}\n{LATER}")
    plan = planned(shop)
    assert (plan["verdict"]["allowed"], plan["evidence"]["failure"]) == (True, None)
    (migration,) = plan["migrations"]
    told = [(each["rule"], each["line"], each["severity"]) for each in migration["findings"]]
    assert ("statement-wants-rows", 2, "notice") in told
    assert "prediction-contradicted" not in {rule for rule, *_ in told}
    made, untried, added = plan["evidence"]["migrations"][0]["statements"]
    assert (made["untried"], added["untried"]) == ("", "")
    assert untried["untried"].endswith(("(23503)", "(23502)", "(P0001)"))
    assert added["changes"] == ["column public.users.note added, text, nullable"]
    assert plan["evidence"]["migrations"][0]["round_trip"]["outcome"] == "not-tried"
    assert shop.run("apply", "plan.json", "--yes")[0] == 0


def test_the_migration_after_it_is_undone_and_applied_again(shop: ShopProject) -> None:
    shop.write("001_users.sql", WANTING[0])
    shop.write("002_note.sql", LATER)
    _, second = planned(shop)["evidence"]["migrations"]
    assert second["round_trip"]["outcome"] == "proven"


def test_any_other_error_refuses_the_plan(shop: ShopProject) -> None:
    shop.write("001_users.sql", "INSERT INTO users VALUES (2, 1), (2, 1);")
    assert planned(shop)["evidence"]["failure"] is not None


def test_where_the_target_lacks_the_rows_too_apply_rolls_back_and_says_so(shop: ShopProject) -> None:
    shop.write("001_users.sql", f"INSERT INTO users VALUES (2, 7);\n{LATER}")
    assert planned(shop)["verdict"]["allowed"]
    code, said = shop.run("apply", "plan.json", "--yes")
    assert (code, "23503" in said) == (7, True)
    assert shop.asked("SELECT count(*) FROM information_schema.columns WHERE column_name = 'note'") == (0,)

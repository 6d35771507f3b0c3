"""A migration without a rollback gets one that was tried, and `down` runs it on the target."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.cli.__main__ import main
from rehearsing import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST = """\
version: 1
project: shop
platform: postgres
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
rehearsal:
  round_trips: true
  rows: 3
backup:
  before_apply: never
"""


@pytest.fixture
def project(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with scratch_folder() as folder:
        (folder / "migsafe.yaml").write_text(MANIFEST)
        (folder / "migrations").mkdir()
        (folder / "migrations" / "001_users.sql").write_text("CREATE TABLE users (id bigint PRIMARY KEY, mail text);\n")
        monkeypatch.chdir(folder)
        monkeypatch.setenv("MIGSAFE_TEST_URL", database)
        yield folder


def test_down_runs_the_generated_rollback_that_the_plan_showed(project: Path, database: str) -> None:
    assert main(["plan", "-o", "plan.json"]) == 0
    plan = json.loads((project / "plan.json").read_text())
    (migration,) = plan["migrations"]
    assert plan["evidence"]["migrations"][0]["round_trip"]["outcome"] == "proven"
    assert (migration["undo"]["generated"], migration["undo"]["undo_class"]) == (True, "loses-new-data")
    assert "DROP TABLE public.users;" in migration["undo"]["sql"]
    assert main(["apply", "plan.json", "--yes"]) == 0
    assert main(["down", "--yes"]) == 0
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT to_regclass('users')").fetchone() == (None,)

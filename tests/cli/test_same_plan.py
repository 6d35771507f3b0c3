"""Equal inputs give equal plans, whatever the locale, the time zone, and the order in which Python hashes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

MANIFEST = """\
version: 1
project: shop
rehearsal:
  enabled: false
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
"""
ONCE = ("id", "created_at", "expires_at", "digest")
"""What differs from plan to plan."""
SURROUNDINGS = (
    {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1", "COLUMNS": "40"},
    {"LC_ALL": "C.UTF-8", "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "2", "PGTZ": "Asia/Tokyo"},
    {"LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns", "PYTHONHASHSEED": "3", "PGDATESTYLE": "German"},
)


@pytest.fixture
def project(tmp_path: Path, database: str, connect: Callable[[str], psycopg.Connection]) -> Path:
    """A few tables, and migrations with findings, locks and letters of several scripts."""
    connect(database).execute(
        'CREATE TABLE "Größe" (id int, "I" text); CREATE TABLE orders (id int, at timestamptz DEFAULT \'2026-01-01\')'
    )
    (tmp_path / "migsafe.yaml").write_text(MANIFEST)
    (tmp_path / "migrations").mkdir()
    files = {
        "001_größe.sql": 'ALTER TABLE "Größe" ADD COLUMN "İstanbul" text; CREATE INDEX ON "Größe" ("I");',
        "002_orders.sql": "ALTER TABLE orders DROP COLUMN at; ALTER TABLE orders ALTER id TYPE bigint;",
    }
    for name, sql in files.items():
        (tmp_path / "migrations" / name).write_text(sql + "\n", encoding="utf-8")
    return tmp_path


def test_a_plan_depends_on_nothing_around_it(project: Path, database: str) -> None:
    plans = []
    for number, surroundings in enumerate(SURROUNDINGS):
        file = project / f"plan{number}.json"
        command = [sys.executable, "-m", "migsafe", "plan", "-o", str(file)]
        environment = os.environ | {"MIGSAFE_TEST_URL": database} | surroundings
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        plan = json.loads(file.read_bytes())
        plans.append({key: value for key, value in plan.items() if key not in ONCE})
    assert plans[0] == plans[1] == plans[2]

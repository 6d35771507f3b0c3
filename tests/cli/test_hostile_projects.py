"""What goes wrong around a project: each refused with its own exit code, and the target as it was."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, TypeAlias

import psycopg
import pytest

from migsafe.cli.__main__ import main
from migsafe.executor.server.binaries import SETTING, find_client

if TYPE_CHECKING:
    from pathlib import Path

    Capture: TypeAlias = pytest.CaptureFixture[str]

MANIFEST = """\
version: 1
project: shop
rehearsal:
  enabled: false
platform: postgres
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
"""
USERS = "CREATE TABLE users (id bigint PRIMARY KEY);\n"


@pytest.fixture
def project(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One migration without a rollback, and an empty target."""
    (tmp_path / "migsafe.yaml").write_text(MANIFEST)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "001_users.sql").write_text(USERS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIGSAFE_TEST_URL", database)
    return tmp_path


def nothing_stands(database: str) -> bool:
    with psycopg.connect(database) as connection:
        return connection.execute("SELECT to_regclass('public.users') IS NULL").fetchone() == (True,)


def test_a_migration_without_the_rollback_that_is_required_gets_no_permission(
    project: Path, database: str, capsys: Capture
) -> None:
    (project / "migsafe.yaml").write_text(MANIFEST + "rollbacks: {required: always}\n")
    assert main(["validate"]) == 3
    assert main(["plan", "-o", "plan.json"]) == 3
    assert "001_users.sql has no usable rollback" in " ".join(capsys.readouterr().out.split())
    assert main(["apply", "plan.json", "--yes"]) == 3
    assert nothing_stands(database)


def test_an_applied_file_that_was_edited_stops_the_next_plan_until_its_text_is_back(
    project: Path, capsys: Capture
) -> None:
    assert main(["up", "--yes"]) == 0
    file = project / "migrations" / "001_users.sql"
    file.write_text(USERS.replace("bigint", "int"))
    assert main(["plan"]) == 3
    assert "edited" in capsys.readouterr().out
    file.write_bytes(USERS.replace("\n", "\r\n").encode())
    assert main(["plan"]) == 0, "line ends alone are no edit"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_plan_with_one_byte_flipped_is_refused(project: Path, database: str, share: float) -> None:
    assert main(["plan", "-o", "plan.json"]) == 0
    raw = bytearray((project / "plan.json").read_bytes())
    raw[int(len(raw) * share)] ^= 1
    (project / "plan.json").write_bytes(raw)
    assert main(["apply", "plan.json", "--yes"]) == 4
    assert nothing_stands(database)


@pytest.mark.usefixtures("project")
def test_a_plan_is_applied_once() -> None:
    assert main(["plan", "-o", "plan.json"]) == 0
    assert [main(["apply", "plan.json", "--yes"]) for _ in range(2)] == [0, 4]


FAKES = {
    "fails": 'echo "boom" >&2; exit 1',
    "lies": "exit 0",
}


@pytest.mark.parametrize("fake", FAKES)
def test_where_pg_dump_fails_or_lies_nothing_is_applied(
    fake: str, project: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = find_client("pg_dump", 17)
    folder = project / "bin"
    folder.mkdir()
    for program in true.bin_dir.iterdir():
        (folder / program.name).symlink_to(program)
    (folder / "pg_dump").unlink()
    version = f"pg_dump (PostgreSQL) {true.version}"
    (folder / "pg_dump").write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{version}" && exit\n{FAKES[fake]}\n')
    (folder / "pg_dump").chmod(0o755)
    assert main(["plan", "-o", "plan.json"]) == 0
    monkeypatch.setenv(SETTING, str(folder))
    assert main(["apply", "plan.json", "--yes"]) == 6
    assert nothing_stands(database)
    monkeypatch.delenv(SETTING)
    shutil.rmtree(folder)
    assert main(["apply", "plan.json", "--yes"]) == 0, "the same plan goes on once the backup can be taken"

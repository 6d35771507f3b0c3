"""The next command in a message is the one that this user has to type."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.cli.__main__ import main
from migsafe.schemas.problem import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST = """\
version: 1
project: shop
rehearsal:
  enabled: false
migrations:
  folder: migrations
backup:
  before_apply: never
policies:
  locking: {give_up_after: 300ms}
environments:
  production:
    database: {url_env: MIGSAFE_TEST_URL}
"""
HERE = ["--manifest", "db.yaml", "--env", "production"]


@pytest.fixture
def project(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose manifest has another name, with an environment and a migration that needs a strong lock."""
    (tmp_path / "db.yaml").write_text(MANIFEST)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "001_note.sql").write_text("ALTER TABLE users ADD note text;\n")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE users (id int)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIGSAFE_TEST_URL", database)
    return tmp_path


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody reads the table in a transaction that stays open."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT FROM users")
        yield


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """All that was printed, in one line."""
    printed = capsys.readouterr()
    return " ".join(f"{printed.out} {printed.err}".split())


def test_a_plan_names_its_file_manifest_and_environment(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*HERE, "plan", "-o", "next plan.json"]) == ExitCode.DONE
    assert "Next migsafe apply --manifest db.yaml --env production next plan.json" in said(capsys), project


@pytest.mark.usefixtures("project")
def test_status_names_manifest_and_environment(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*HERE, "status"]) == ExitCode.DONE
    assert "next: migsafe plan --manifest db.yaml --env production -o plan.json" in said(capsys)


def test_what_failed_names_the_plan_that_it_was(
    project: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*HERE, "plan", "-o", "mine.json"]) == ExitCode.DONE
    apply = ["apply", "--manifest", "db.yaml", "mine.json", "--yes"]
    with locked(database):
        capsys.readouterr()
        assert main(apply) == ExitCode.ROLLED_BACK
    assert "migsafe apply --manifest db.yaml --env production mine.json" in said(capsys)
    assert main(apply) == ExitCode.DONE, project


def test_what_failed_in_up_names_the_plan_that_was_kept(
    project: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with locked(database):
        assert main([*HERE, "up", "--yes"]) == ExitCode.ROLLED_BACK
    (kept,) = (project / ".migsafe").glob("plan-*.json")
    assert f"migsafe apply --manifest db.yaml --env production .migsafe/{kept.name}" in said(capsys)
    assert main([*HERE, "apply", f".migsafe/{kept.name}", "--yes"]) == ExitCode.DONE

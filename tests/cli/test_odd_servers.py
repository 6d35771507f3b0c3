"""Servers with settings of their own, or that go away while they are asked: each command works, or says what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.cli.__main__ import main
from proxy import TO_CLIENT, proxy

if TYPE_CHECKING:
    from pathlib import Path

    from migsafe.executor.server.embedded import Server

    Capture = pytest.CaptureFixture[str]

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
FILES = {
    "001_a": (
        "CREATE TABLE a (v int DEFAULT 1, at timestamptz DEFAULT '2026-01-02', i interval DEFAULT '1 day');\n",
        "DROP TABLE a;\n",
    ),
    "002_b": ("CREATE INDEX CONCURRENTLY a_v ON a (v);\n", "DROP INDEX CONCURRENTLY a_v;\n"),
}
SETTINGS = """
DateStyle = 'SQL, DMY'; intervalstyle = 'sql_standard'; TimeZone = 'Asia/Kolkata'; bytea_output = 'escape';
default_transaction_isolation = 'serializable'; default_transaction_deferrable = on; row_security = off;
transform_null_equals = on; quote_all_identifiers = on; client_min_messages = 'debug1'; extra_float_digits = -5;
lock_timeout = '1ms'; idle_session_timeout = '10s'; transaction_timeout = '60s'; enable_seqscan = off;
check_function_bodies = off; array_nulls = off; xmloption = 'document'; plan_cache_mode = force_generic_plan
"""


@pytest.fixture
def project(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two migrations with their rollbacks."""
    (tmp_path / "migsafe.yaml").write_text(MANIFEST)
    (tmp_path / "migrations" / "rollback").mkdir(parents=True)
    for name, (up, down) in FILES.items():
        (tmp_path / "migrations" / f"{name}.sql").write_text(up)
        (tmp_path / "migrations" / "rollback" / f"{name}_down.sql").write_text(down)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIGSAFE_TEST_URL", database)
    return tmp_path


def set_for_all(url: str, *settings: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in settings:
            connection.execute(f"ALTER DATABASE {connection.info.dbname} SET {setting}".encode())


@pytest.mark.usefixtures("project")
def test_what_a_database_sets_for_its_sessions_hinders_no_command(database: str, capsys: Capture) -> None:
    set_for_all(database, *SETTINGS.split(";"))
    for command in (
        *("plan -o plan.json", "apply plan.json --yes", "status --verify", "drift", "history", "facts", "doctor"),
        *("down --steps 2 --yes", "up --yes"),
    ):
        assert main(command.split()) == 0, capsys.readouterr().err


@pytest.mark.usefixtures("project")
def test_a_database_that_gives_no_time_is_told_as_the_cause(database: str, capsys: Capture) -> None:
    set_for_all(database, "statement_timeout = '1ms'")
    assert main(["plan"]) == 1
    assert "ALTER ROLE ... SET statement_timeout" in " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("project")
def test_a_server_that_goes_away_while_it_is_asked_is_no_fault_of_migsafe(
    database: str, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Cut in a dozen places of what `plan` and `status` are answered."""
    ends = set()
    with proxy(server.socket_dir) as door:
        monkeypatch.setenv("MIGSAFE_TEST_URL", door.url(database))
        for command in ("plan", "status"):
            before = door.passed[TO_CLIENT]
            assert main([command]) == 0
            total = door.passed[TO_CLIENT] - before
            for number in range(6):
                limit = door.passed[TO_CLIENT] + number * total // 6
                door.piece = lambda way, data, before, limit=limit: (  # type: ignore[misc]
                    None if way == TO_CLIENT and before + len(data) > limit else data
                )
                assert main([command]) == 1
                said = capsys.readouterr().err
                assert "did not expect" not in said
                assert "next: " in said
                ends.add(said.splitlines()[0])
                door.piece = lambda _way, data, _before: data
    assert any("was lost while it was asked" in one for one in ends)

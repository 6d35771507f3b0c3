"""The main job with each layout: init, plan, apply, an empty second plan, down, and errors at their line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from migsafe.cli.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    Capture = pytest.CaptureFixture[str]
    Connect = Callable[[str], psycopg.Connection]

TABLE, NO_TABLE = "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);\n", "DROP TABLE orders;\n"
ALONE = "transaction:false"
INDEX = "CREATE INDEX CONCURRENTLY orders_user_idx ON orders (user_id);\n"
NO_INDEX = "DROP INDEX CONCURRENTLY orders_user_idx;\n"
FOLDERS = {
    "goose": {
        "00001_orders.sql": f"-- +goose Up\n{TABLE}\n-- +goose Down\n{NO_TABLE}",
        "00002_index.sql": f"-- +goose NO TRANSACTION\n-- +goose Up\n{INDEX}-- +goose Down\n{NO_INDEX}",
    },
    "dbmate": {
        "20240131120000_orders.sql": f"-- migrate:up\n{TABLE}\n-- migrate:down\n{NO_TABLE}",
        "20240131120001_index.sql": f"-- migrate:up {ALONE}\n{INDEX}-- migrate:down {ALONE}\n{NO_INDEX}",
    },
    "sqlx": {
        "1_orders.up.sql": TABLE,
        "1_orders.down.sql": NO_TABLE,
        "2_index.up.sql": f"-- no-transaction\n{INDEX}",
        "2_index.down.sql": f"-- no-transaction\n{NO_INDEX}",
    },
    "flyway": {
        "V1__orders.sql": TABLE,
        "U1__orders.sql": NO_TABLE,
        "more/V1.1__index.sql": INDEX,
        "more/U1.1__index.sql": NO_INDEX,
    },
    "prisma": {
        "20240131120000_orders/migration.sql": TABLE,
        "20240131120000_orders/down.sql": NO_TABLE,
        "20240131120001_index/migration.sql": INDEX,
        "20240131120001_index/down.sql": NO_INDEX,
        "migration_lock.toml": 'provider = "postgresql"\n',
    },
}


@pytest.fixture
def project(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIGSAFE_TEST_URL", database)
    return tmp_path


def write(project: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = project / "migrations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def target(project: Path) -> None:
    """Let the manifest that `init` wrote name the database of the test."""
    path = project / "migsafe.yaml"
    changes = "database:\n  url_env: MIGSAFE_TEST_URL\nrehearsal:\n  enabled: false\n"
    path.write_text(path.read_text() + changes)


def done(*arguments: str) -> None:
    assert main(list(arguments)) == 0, arguments


def indexes(connection: psycopg.Connection) -> list[str]:
    found = connection.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
    return [name for (name,) in found]


@pytest.mark.parametrize("layout", FOLDERS)
def test_a_project_of_another_tool_goes_up_and_down(
    project: Path, layout: str, database: str, connect: Connect, capsys: Capture
) -> None:
    write(project, FOLDERS[layout])
    done("init")
    assert f"layout: {layout} " in (project / "migsafe.yaml").read_text()
    target(project)
    done("plan", "-o", "plan.json")
    done("apply", "plan.json", "--yes")
    with connect(database) as connection:
        assert indexes(connection) == ["orders_pkey", "orders_user_idx"]
    done("plan", "--detailed-exitcode")
    capsys.readouterr()
    done("status", "--json")
    assert json.loads(capsys.readouterr().out)["pending"] == 0
    done("down", "--steps", "2", "--yes")
    with connect(database) as connection:
        assert indexes(connection) == []


@pytest.mark.parametrize(
    ("layout", "name", "head"),
    [
        ("goose", "00001_a.sql", "-- A table.\n\n-- +goose Up\n"),
        ("dbmate", "20240131120000_a.sql", "-- A table.\n\n-- migrate:up\n"),
    ],
)
def test_what_the_server_refuses_is_told_at_its_line_of_the_file(
    project: Path, layout: str, name: str, head: str, capsys: Capture
) -> None:
    write(project, {name: f"{head}SELECT 1;\nCREATE TABLE a (\n    id nosuchtype\n);\n"})
    done("init")
    target(project)
    done("plan", "-o", "plan.json")
    capsys.readouterr()
    assert main(["apply", "plan.json", "--yes"]) == 7
    said = capsys.readouterr().err
    assert f"migrations/{name}:6:8" in said, layout
    assert "id nosuchtype" in said

"""What doctor finds on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.doctor import examine
from migsafe.executor.ledger import install

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from migsafe.schemas.report import Check


def checks(url: str, folder: Path) -> dict[str, Check]:
    return {check.name: check for check in examine(url, backup_folder=folder / "later", schemas=("public",))}


def test_a_healthy_target_has_no_error(database: str, tmp_path: Path) -> None:
    found = checks(database, tmp_path)
    assert [name for name, check in found.items() if check.state == "error"] == []
    assert found["role"].state == "warning"
    assert found["ledger"].detail == "none yet"
    assert all(bool(check.remedy) == (check.state != "ok") for check in found.values())


def test_an_unreachable_target_is_the_only_finding(tmp_path: Path) -> None:
    (check,) = checks("postgresql://app:c4n4ry@127.0.0.1:1/app", tmp_path).values()
    assert (check.name, check.state) == ("connection", "error")
    assert "c4n4ry" not in check.model_dump_json()


def test_what_is_wrong_is_named(database: str, connect: Callable[[str], psycopg.Connection], tmp_path: Path) -> None:
    admin = connect(database)
    install(admin)
    admin.execute("DROP TABLE migsafe.ledger; CREATE TABLE t (id int PRIMARY KEY)")
    admin.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_pkey'::regclass")
    admin.execute(f"ALTER DATABASE {admin.info.dbname} SET default_transaction_read_only = on".encode())
    found = checks(database, tmp_path)
    assert found["ledger"].state == "error"
    assert found["writable"].state == "error"
    assert found["invalid indexes"].detail == "t_pkey on t"

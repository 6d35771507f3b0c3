"""Where something is too old, too large or too full: it works, or it ends with what, why and what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from applying import applied_files, migration, plan_for, run, together, value
from migsafe.executor.connect import OLDEST, TooOld, require_known
from migsafe.executor.server.account import server_account
from migsafe.planner.parse import parse
from migsafe.schemas.problem import RolledBack
from migsafe.schemas.target import SessionFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

    Connect = Callable[[str], psycopg.Connection]


def session(major: int) -> SessionFacts:
    return SessionFacts(
        server_version=major * 10_000, role="app", superuser=False, read_only=False, standby=False, pooled=False
    )


def test_a_server_older_than_we_know_is_refused_and_a_newer_one_is_not() -> None:
    with pytest.raises(TooOld, match=f"the server is PostgreSQL {OLDEST - 1}"):
        require_known(session(OLDEST - 1))
    require_known(session(OLDEST))
    require_known(session(99))


def test_twenty_thousand_statements_are_one_step(database: str) -> None:
    """The size of a file and of a statement is limited, which other tests hold; the number of statements is not."""
    many = 20_000
    sql = "CREATE TABLE n (v int);\n" + "INSERT INTO n VALUES (1);\n" * (many - 1)
    statements = [one.text for one in parse(sql.encode(), "migrations/1_a.sql")]
    assert len(statements) == many
    assert run(plan_for(database, migration("1_a.sql", together(*statements))), database).steps == 1
    assert value(database, "SELECT count(*) FROM n") == many - 1


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A folder for a tablespace on a disk of 1 MB."""
    folder = Path(tempfile.mkdtemp(prefix="migsafe-test-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        shutil.rmtree(folder)
        pytest.skip("only root can mount a disk that becomes full")
    try:
        space = folder / "space"
        space.mkdir(mode=0o700)
        server_account().own(space)
        yield space
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def test_a_disk_of_the_server_that_becomes_full_undoes_the_step(
    database: str, connect: Connect, small_disk: Path
) -> None:
    other = connect(database)
    other.execute("CREATE TABLE t AS SELECT n, repeat('x', 900) AS filler FROM generate_series(1, 3000) AS n")
    other.execute(f"CREATE TABLESPACE small LOCATION '{small_disk}'".encode())
    try:
        step = together("CREATE TABLE first (v int)", "ALTER TABLE t SET TABLESPACE small")
        with pytest.raises(RolledBack, match="No space left on device") as caught:
            run(plan_for(database, migration("1_a.sql", step)), database)
        assert "SQLSTATE 53100" in caught.value.why
        assert value(database, "SELECT to_regclass('first') IS NULL AND count(*) = 3000 FROM t")
        assert applied_files(database) == []
    finally:
        other.execute("DROP TABLESPACE small")

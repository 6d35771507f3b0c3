"""The database that migsafe brings along for projects that name none."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.executor.server.local import local_database
from migsafe.schemas.platform import Platform

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("platform", list(Platform))
def test_migrations_run_as_an_ordinary_role_that_owns_the_database_and_data_stay(
    tmp_path: Path, platform: Platform
) -> None:
    with local_database(tmp_path, platform, "Odd name") as url, psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT current_user, rolsuper, pg_get_userbyid(datdba) FROM pg_database, pg_roles"
            " WHERE datname = current_database() AND rolname = current_user"
        ).fetchone()
        assert row == ("postgres", False, "postgres")
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    with local_database(tmp_path, platform, "Odd name") as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_extensions_that_the_server_lacks_have_stand_ins(tmp_path: Path) -> None:
    with local_database(tmp_path, Platform.POSTGRES, "app") as url, psycopg.connect(url) as connection:
        connection.execute('CREATE EXTENSION "uuid-ossp"')
        assert connection.execute("SELECT uuid_generate_v4() IS NOT NULL").fetchone() == (True,)


def test_several_that_are_the_first_at_once_make_one_database(tmp_path: Path) -> None:
    """Whoever comes second waits for the database instead of running into it."""
    code = (
        "import sys, pathlib; from migsafe.executor.server.local import local_database;"
        "from migsafe.schemas.platform import Platform\n"
        "with local_database(pathlib.Path(sys.argv[1]), Platform.POSTGRES, 'app'):\n"
        "    print('there', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    pipe = subprocess.PIPE
    first = [subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=pipe) for _ in range(4)]
    said = [one.stdout.readline() if one.stdout else "" for one in first]
    for one in first:  # whoever has the server waits for the others
        if one.stdin is not None:
            one.stdin.close()
            one.stdin = None
    ended = [(one.communicate(timeout=60)[1], one.returncode) for one in first]
    assert said == ["there\n"] * 4, ended

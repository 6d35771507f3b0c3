"""The database that migsafe brings along for projects that name none."""

from __future__ import annotations

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

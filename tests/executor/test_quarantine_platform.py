"""What is kept on Supabase's platform is out of reach of its API."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from applying import ledger_of
from keeping import Project
from migsafe.executor.server.binaries import find_server
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.copies import extension_folder, private_copy
from migsafe.executor.server.databases import create_database
from migsafe.executor.server.embedded import embedded
from migsafe.executor.server.platform import bootstrap, install_stand_ins
from migsafe.schemas.manifest import Database
from migsafe.schemas.platform import Platform

if TYPE_CHECKING:
    from collections.abc import Iterator


OLDEST = 14


@pytest.fixture
def project() -> Iterator[Project]:
    """A fresh project of the platform, whose migrations run as its owner."""
    folder = Path(tempfile.mkdtemp(prefix="migsafe-platform-"))
    try:
        found = find_server()
        if found.major < OLDEST:
            pytest.skip("the stand-in for Supabase is made of SQL that PostgreSQL 13 does not know")
        installation = private_copy(found, folder / "installation")
        install_stand_ins(extension_folder(installation))
        with embedded(folder / "state", durability=Durability.THROWAWAY, installation=installation) as running:
            url = create_database(running, "platform")
            with psycopg.connect(url, autocommit=True) as connection:
                bootstrap(connection, Platform.SUPABASE)
            project = Project(url)
            project.manifest = project.manifest.model_copy(update={"database": Database(role="postgres")})
            yield project
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_roles_of_the_api_reach_nothing_that_is_kept_and_have_their_rights_again_afterwards(
    project: Project,
) -> None:
    make = (
        "CREATE TABLE notes (id int PRIMARY KEY, owner uuid REFERENCES auth.users, secret text DEFAULT 'x');"
        "ALTER TABLE notes ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON notes USING ((SELECT auth.uid()) = owner);"
        "INSERT INTO notes (id) VALUES (1); ALTER PUBLICATION supabase_realtime ADD TABLE notes;"
    )
    project.up("1_make", make)
    before = project.facts().catalog
    project.up("2_drop", "DROP TABLE notes;", "CREATE TABLE notes (id int);")
    place = ledger_of(project.url).quarantine[0].object.place
    with psycopg.connect(project.url, autocommit=True) as connection:
        for role in ("anon", "authenticated", "service_role"):
            connection.execute(f"SET ROLE {role}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT * FROM {place}".encode())
            connection.execute(b"RESET ROLE")
    project.down()
    assert project.facts().catalog == before
    with psycopg.connect(project.url) as connection:
        assert connection.execute(b"SELECT id, secret FROM notes").fetchall() == [(1, "x")]

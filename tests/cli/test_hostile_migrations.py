"""Migrations of a stranger that want out of their database, each in a whole `migsafe plan`: none gets anywhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from migsafe.executor.shadow import scratch_server
from rehearsing import scratch_folder
from shop_project import ShopProject, shop_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REFUSED = {
    "runs-a-program": "COPY (SELECT 1) TO PROGRAM 'id > {}/owned';",
    "writes-a-file": "COPY (SELECT 1) TO '{}/owned';",
    "reads-a-file": "SELECT pg_read_file('/etc/passwd');",
    "reads-a-file-as-a-table": "CREATE TABLE f (line text);\nCOPY f FROM '/etc/passwd';",
    "imports-a-file": "SELECT lo_import('/etc/passwd');",
    "exports-a-file": "SELECT lo_export(lo_from_bytea(0, 'x'), '{}/owned');",
    "lists-a-folder": "SELECT pg_ls_dir('/etc');",
    "changes-the-server": "ALTER SYSTEM SET shared_preload_libraries = 'evil';",
    "lifts-a-limit": "SET temp_file_limit = -1;",
    "loads-a-library": "LOAD '{}/evil.so';",
    "calls-a-library": "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/lib/libc.so.6', 'system';",
    "calls-an-internal": "CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'pg_read_file_all';",
    "untrusted-language": "CREATE LANGUAGE evil HANDLER plpgsql_call_handler;",
    "extension-that-reads-files": "CREATE EXTENSION file_fdw;",
    "extension-that-reads-pages": "CREATE EXTENSION pageinspect;",
    "takes-programs": "GRANT pg_execute_server_program TO CURRENT_USER;",
    "takes-files": "GRANT pg_read_server_files, pg_write_server_files TO CURRENT_USER;",
    "becomes-superuser": "ALTER ROLE CURRENT_USER SUPERUSER;",
    "makes-a-superuser": "CREATE ROLE evil SUPERUSER;",
    "becomes-another": "SET SESSION AUTHORIZATION supabase_admin;",
    "takes-the-superuser": "GRANT supabase_admin TO CURRENT_USER;",
    "writes-the-catalog": "UPDATE pg_catalog.pg_authid SET rolsuper = true;",
    "ends-other-processes": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'supabase_admin';",
    "reloads-the-server": "SELECT pg_reload_conf();",
    "drops-what-is-kept": "DROP DATABASE migsafe_scratch;",
    "makes-a-tablespace": "CREATE TABLESPACE evil LOCATION '{}';",
    "subscribes": "CREATE SUBSCRIPTION evil CONNECTION 'host=127.0.0.1' PUBLICATION p;",
}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


@pytest.fixture
def shop(
    folder: Path, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> ShopProject:
    return shop_project(folder, database, monkeypatch, capsys)


@pytest.mark.parametrize("name", REFUSED)
def test_a_way_out_is_refused_for_want_of_rights_and_the_plan_with_it(
    shop: ShopProject, name: str, tmp_path: Path
) -> None:
    tmp_path.chmod(0o777)
    shop.write("001_evil.sql", REFUSED[name].format(tmp_path))
    told = shop.told("plan")
    failure = told["plan"]["evidence"]["failure"]
    assert "SQLSTATE 42501" in failure["why"], failure
    assert told["plan"]["verdict"]["allowed"] is False
    assert list(tmp_path.iterdir()) == []


def test_advisory_locks_neither_stop_a_rehearsal_nor_the_next_one(shop: ShopProject) -> None:
    shop.write(
        "001_locks.sql",
        "SELECT pg_advisory_unlock_all(); SELECT pg_advisory_lock(k) FROM generate_series(1, 1000) k;"
        " CREATE TABLE locked (n int);",
    )
    for _ in range(2):
        plan = shop.told("plan")["plan"]
        assert plan["evidence"]["failure"] is None
        assert any("locked created" in each for each in plan["evidence"]["migrations"][0]["statements"][-1]["changes"])


def test_a_database_that_a_migration_makes_is_no_template_and_does_not_stay(shop: ShopProject, folder: Path) -> None:
    shop.write("001_base.sql", "CREATE DATABASE migsafe_t_0123456789012345678901234567890123456789;")
    shop.run("plan")
    with scratch_server(folder, None) as scratch:
        names = {name for (name,) in scratch.rows("SELECT datname FROM pg_database WHERE datdba <> 10")}
    assert names == set()


def test_a_migration_that_ends_its_own_session_does_not_pass(shop: ShopProject) -> None:
    shop.write("001_ends.sql", "SELECT pg_terminate_backend(pg_backend_pid());")
    code, said = shop.run("plan")
    assert code == 1
    assert "broke off the rehearsal; the target was not touched" in said


def test_temporary_files_are_limited(shop: ShopProject) -> None:
    wide = "WITH wide AS MATERIALIZED (SELECT repeat('x', 10000000) FROM generate_series(1, 200))"
    shop.write("001_big.sql", f"{wide} SELECT count(*) FROM wide;")
    code, said = shop.run("plan")
    assert code == 3, said
    assert "SQLSTATE 53400" in said


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space of a process")
def test_memory_is_limited(shop: ShopProject) -> None:
    shop.write(
        "001_big.sql",
        "DO $$ DECLARE kept text[]; BEGIN FOR i IN 1..4 LOOP kept[i] := repeat('x', 800000000); END LOOP; END $$;",
    )
    code, said = shop.run("plan")
    assert code == 1, said
    assert "out of memory (53200)" in said


def test_what_a_hostile_migration_left_is_not_there_for_the_next_plan(shop: ShopProject) -> None:
    shop.write("001_good.sql", "CREATE TABLE good (n int);")
    assert shop.run("plan")[0] == 0

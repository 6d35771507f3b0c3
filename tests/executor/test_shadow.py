"""Where shadows come from: replay, templates, and what a migration can and cannot do on the scratch server."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from migsafe.executor.shadow import shadow_database, templates
from migsafe.executor.shadow.database import catalog_of, session
from migsafe.executor.shadow.dumped import dump_schema
from migsafe.executor.shadow.from_target import shadow_of_target
from migsafe.executor.shadow.own_server import shadow_elsewhere
from migsafe.executor.shadow.replay import NotReplayed
from migsafe.executor.survey.survey import identity
from migsafe.schemas.base_from import BaseFrom
from migsafe.schemas.platform import Platform
from migsafe.schemas.problem import Problem, Refusal
from rehearsing import applied, run, scratch_folder, scratch_for_tests, shadow_after, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migsafe.executor.shadow import Scratch
    from migsafe.schemas.plan import PlannedMigration

    Connect = Callable[[str], psycopg.Connection]

TABLE = "CREATE TABLE t (id bigint PRIMARY KEY);"
ROLE = "CREATE ROLE reader NOLOGIN; CREATE TABLE t (id int); GRANT SELECT ON t TO reader;"


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with scratch_for_tests() as running:
        yield running


def counted(scratch: Scratch, *texts: str) -> int:
    """How many migrations were run to make a shadow with all of these."""
    ran: list[str] = []

    @contextmanager
    def count(url: str) -> Iterator[Callable[[PlannedMigration], None]]:
        with run(url) as do:

            def counting(migration: PlannedMigration) -> None:
                ran.append(migration.file)
                do(migration)

            yield counting

    with shadow_database(scratch, wanted(), applied(*texts), count):
        return len(ran)


def test_a_shadow_has_what_was_applied_and_the_name_of_its_target(scratch: Scratch) -> None:
    with shadow_after(scratch, TABLE) as shadow, session(shadow.url) as connection:
        assert connection.info.dbname == "shop"
        assert [table.name for table in catalog_of(shadow).tables] == ["public.t"]


def test_a_history_is_replayed_once_and_a_longer_one_is_continued(scratch: Scratch) -> None:
    texts = [f"CREATE TABLE once_{number} ();" for number in range(4)]
    assert counted(scratch, *texts[:3]) == 3
    assert counted(scratch, *texts[:3]) == 0
    assert counted(scratch, *texts) == 1


def test_what_a_migration_sets_for_new_sessions_holds_for_the_next_of_the_history(scratch: Scratch) -> None:
    """As where each was applied in a run of its own; session state of one does not reach the next."""
    first = "ALTER DATABASE shop SET work_mem = '7MB'; SET search_path = nowhere; PREPARE left_over AS SELECT 1;"
    second = """
        CREATE TABLE seen AS SELECT current_setting('work_mem') AS memory, current_setting('search_path') AS path,
            (SELECT count(*) FROM pg_prepared_statements) AS prepared
    """
    with shadow_after(scratch, first, second) as shadow, session(shadow.url) as connection:
        found = connection.execute("SELECT memory, path, prepared FROM public.seen").fetchone()
    assert found == ("7MB", '"$user", public', 0)


def test_an_edited_history_is_replayed_anew(scratch: Scratch) -> None:
    assert counted(scratch, "CREATE TABLE edited ();") == 1
    assert counted(scratch, "CREATE TABLE edited (id int);") == 1


def test_a_role_that_a_migration_creates_is_not_there_for_another_history(scratch: Scratch) -> None:
    assert counted(scratch, ROLE) == 1
    assert counted(scratch, "CREATE TABLE first ();", ROLE) == 2
    with shadow_after(scratch, ROLE) as shadow, session(shadow.url) as connection:
        assert connection.execute("SELECT has_table_privilege('reader', 't', 'SELECT')").fetchone() == (True,)


def test_settings_of_the_database_survive_in_its_template(scratch: Scratch) -> None:
    text = "ALTER DATABASE shop SET search_path TO public, extensions; ALTER DATABASE shop SET work_mem = '5MB';"
    for _ in range(2):
        with shadow_after(scratch, text) as shadow, session(shadow.url) as connection:
            assert connection.execute("SHOW search_path").fetchone() == ("public, extensions",)
            assert connection.execute("SHOW work_mem").fetchone() == ("5MB",)


def test_a_shadow_may_be_called_postgres(scratch: Scratch) -> None:
    with shadow_database(scratch, wanted(name="postgres"), applied(TABLE), run) as shadow:
        assert catalog_of(shadow).tables


def test_a_history_that_does_not_run_says_where(scratch: Scratch) -> None:
    with pytest.raises(NotReplayed) as caught, shadow_after(scratch, TABLE, "SELECT 1;\nSELECT nonsense;"):
        pass
    assert caught.value.place is not None
    assert (caught.value.place.line, "42703" in caught.value.why) == (2, True)


def test_a_template_that_was_half_made_is_not_used(scratch: Scratch) -> None:
    """A draft has another name than a template: what a killed run leaves is dropped by the next."""
    templates.create_empty(scratch, "migsafe_draft")
    assert counted(scratch, "CREATE TABLE after_a_crash ();") == 1
    assert scratch.rows("SELECT 1 FROM pg_database WHERE datname = 'migsafe_draft'") == []


def test_templates_are_bounded(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_MOST", 2)
    for number in range(4):
        counted(scratch, f"CREATE TABLE bounded_{number} ();")
    assert len(scratch.rows("SELECT 1 FROM pg_database WHERE datname LIKE 'migsafe_t_%'")) == 2


def test_the_platform_is_there_before_the_first_migration(scratch: Scratch) -> None:
    text = "CREATE TABLE notes (owner uuid REFERENCES auth.users (id)); CREATE EXTENSION vector;"
    with shadow_after(scratch, text, platform=Platform.SUPABASE) as shadow:
        assert "vector" in shadow.about.stand_ins


@pytest.mark.parametrize(
    ("sql", "sqlstate"),
    [
        ("COPY (SELECT 1) TO PROGRAM 'true'", "42501"),
        ("COPY (SELECT 1) TO '/tmp/x'", "42501"),
        ("SELECT pg_read_file('/etc/passwd')", "42501"),
        ("GRANT pg_execute_server_program TO postgres", "42501"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libc', 'getpid'", "42501"),
        ("ALTER SYSTEM SET listen_addresses = '*'", "42501"),
        ("CREATE EXTENSION dblink; SELECT dblink_connect('dbname=template1 user=supabase_admin')", "2F003"),
        ("SET ROLE supabase_admin", "42501"),
    ],
)
def test_what_strangers_write_gets_nowhere(scratch: Scratch, sql: str, sqlstate: str) -> None:
    with shadow_after(scratch) as shadow, session(shadow.url) as connection:
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(sql.encode())
        assert caught.value.sqlstate == sqlstate


def test_the_scratch_server_listens_on_no_port(scratch: Scratch) -> None:
    with shadow_after(scratch) as shadow, session(shadow.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        connection.execute("CREATE EXTENSION dblink")
        with pytest.raises(psycopg.errors.SqlclientUnableToEstablishSqlconnection):
            connection.execute("SELECT dblink_connect('host=127.0.0.1 port=5432 user=postgres password=x')")


def test_a_scratch_server_is_used_by_one_at_a_time_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from migsafe.executor.shadow import scratch as module  # noqa: PLC0415 - only here
    from migsafe.schemas.problem import Locked  # noqa: PLC0415 - only here

    monkeypatch.setattr(module, "_TURN_SECONDS", 0)
    with scratch_folder() as folder:
        with module.scratch_server(folder, None), pytest.raises(Locked), module.scratch_server(folder, None):
            pass
        with module.scratch_server(folder, None) as again:
            assert again.rows("SELECT 1") == [(1,)]


TARGET = """
CREATE ROLE app_owner LOGIN; CREATE ROLE app_reader NOLOGIN; GRANT app_owner TO supabase_admin;
CREATE TABLE kept (id bigint PRIMARY KEY, note text);
ALTER TABLE kept OWNER TO app_owner;
GRANT SELECT ON kept TO app_reader;
INSERT INTO kept VALUES (1, 'secret');
"""


@pytest.fixture
def target(database: str, connect: Connect) -> Iterator[str]:
    connection = connect(database)
    connection.execute(TARGET)
    yield database
    connection.execute("DROP OWNED BY app_owner, app_reader; DROP ROLE app_owner, app_reader")


def test_the_schema_of_a_target_comes_without_rows_and_with_owners_and_grants(scratch: Scratch, target: str) -> None:
    dumped = dump_schema(make_conninfo(target, user="app_owner"), Platform.POSTGRES)
    for _ in range(2):  # the second time from its template
        with shadow_of_target(scratch, wanted(), dumped) as shadow, session(shadow.watcher_url) as connection:
            assert (shadow.about.base_from, shadow.about.left_out) == (BaseFrom.TARGET, ())
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
            (table,) = catalog_of(shadow).tables
            assert table.owner == "app_owner"
            assert "app_reader" in {grant.grantee for grant in table.grants}


def test_what_belongs_to_a_superuser_of_the_same_name_belongs_to_the_migrations(scratch: Scratch, target: str) -> None:
    with shadow_of_target(scratch, wanted(), dump_schema(target, Platform.POSTGRES)) as shadow:
        assert (shadow.about.left_out, shadow.about.same_owners) == ((), False)
        with session(shadow.url) as connection:
            assert connection.execute("SHOW is_superuser").fetchone() == ("off",)
            connection.execute("ALTER TABLE kept ADD more int")


def test_what_the_scratch_server_lacks_is_left_out_and_named(scratch: Scratch, target: str) -> None:
    dumped = dump_schema(target, Platform.POSTGRES)
    text = (
        dumped.text
        + b"\n-- Name: odd; Type: TABLE; Schema: public; Owner: x\n\nCREATE TABLE public.odd (a no_such_type);\n"
    )
    with shadow_of_target(scratch, wanted(), replace(dumped, text=text)) as shadow:
        assert shadow.about.left_out == ('table odd in public: type "no_such_type" does not exist',)


def test_a_target_that_cannot_be_dumped_says_why(database: str) -> None:
    with pytest.raises(Problem):
        dump_schema(database.replace("/test_", "/nowhere_"), Platform.POSTGRES)


def test_the_server_of_the_target_is_no_shadow(database: str) -> None:
    with session(database) as connection:
        target = identity(connection, None)
    with pytest.raises(Refusal, match=r"target's"), shadow_elsewhere(database, wanted(), target, [], run):
        pass


def test_a_server_of_the_teams_own_gives_a_database_and_gets_it_back(database: str, connect: Connect) -> None:
    connection = connect(database)
    connection.execute("CREATE ROLE rehearsal LOGIN CREATEDB; GRANT pg_monitor TO rehearsal")
    connection.execute("GRANT EXECUTE ON FUNCTION pg_control_system() TO rehearsal")
    url = make_conninfo(database, user="rehearsal")
    other = identity(connection, None).model_copy(update={"system_identifier": "1"})
    try:
        with shadow_elsewhere(url, wanted(), other, applied(TABLE), run) as shadow:
            assert [table.name for table in catalog_of(shadow).tables] == ["public.t"]
        assert connection.execute("SELECT FROM pg_database WHERE datname LIKE 'migsafe_shadow%'").fetchall() == []
        with pytest.raises(Refusal, match="superuser"), shadow_elsewhere(database, wanted(), other, [], run):
            pass
    finally:
        connection.execute("DROP OWNED BY rehearsal; DROP ROLE rehearsal")

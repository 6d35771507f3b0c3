"""A database of our own that looks like the platform's, and the stand-ins for extensions that a PostgreSQL lacks."""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import NAMESPACE_DNS, UUID, uuid3, uuid5

import psycopg
import pytest

from migsafe.executor.server import platform
from migsafe.executor.server.binaries import find_server
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.copies import extension_folder, private_copy
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.executor.server.embedded import Server, embedded
from migsafe.executor.server.platform import NotOurs, bootstrap, install_stand_ins, stand_ins_in_use
from migsafe.executor.server.platform.bootstrap import EVERY_TIME, ONCE
from migsafe.executor.server.platform.stand_ins import TRUSTED_BY_PLATFORMS
from migsafe.schemas.platform import Platform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(platform.__file__).parent
STAND_INS = tuple(sorted(path.stem for path in (FOLDER / "extensions").glob("*.control")))
ALICE = "11111111-1111-4111-8111-111111111111"
BOB = "22222222-2222-4222-8222-222222222222"

SCHEMA_DUMP = """
SELECT coalesce(string_agg(line, E'\n' ORDER BY line), '') FROM (
    SELECT format('%s %s %s %s', classid::regclass, refclassid::regclass, refobjid, deptype) FROM pg_depend
    UNION ALL SELECT format('%s %s', rolname, rolsuper) FROM pg_roles
    UNION ALL SELECT format('%s %s', roleid, member) FROM pg_auth_members
    UNION ALL SELECT setconfig::text FROM pg_db_role_setting
) AS fact (line)
"""

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server whose installation has the stand-ins, and a template that has been bootstrapped."""
    folder = Path(tempfile.mkdtemp(prefix="migsafe-platform-"))
    try:
        installation = private_copy(find_server(), folder / "installation")
        install_stand_ins(extension_folder(installation))
        with embedded(folder / "state", durability=Durability.THROWAWAY, installation=installation) as running:
            with psycopg.connect(create_database(running, "platform"), autocommit=True) as connection:
                bootstrap(connection, Platform.SUPABASE)
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def project(server: Server, connect: Callable[[str], psycopg.Connection]) -> Iterator[psycopg.Connection]:
    """A connection to a fresh project of the platform."""
    name = f"project_{next(_numbers)}"
    connection = connect(create_database(server, name, template="platform"))
    bootstrap(connection, Platform.SUPABASE)
    yield connection
    connection.close()
    drop_database(server, name)


def become(connection: psycopg.Connection, role: str, user: str = "") -> None:
    """Make the session what PostgREST would make of a request with a token of `user`."""
    claims = json.dumps({"sub": user, "role": role, "email": f"{user}@example.org"}) if user else ""
    connection.execute("SELECT set_config('request.jwt.claims', %s, false)", [claims])
    connection.execute(f"SET ROLE {role}".encode())


def one(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_bootstrapping_twice_changes_nothing(project: psycopg.Connection) -> None:
    before = one(project, SCHEMA_DUMP)
    bootstrap(project, Platform.SUPABASE)
    assert one(project, SCHEMA_DUMP) == before


def test_each_bootstrap_file_is_named_once() -> None:
    assert tuple(sorted(path.name for path in (FOLDER / "supabase").iterdir())) == EVERY_TIME + ONCE


def test_plain_postgres_is_left_as_it_is(server: Server, connect: Callable[[str], psycopg.Connection]) -> None:
    connection = connect(create_database(server, "plain"))
    bootstrap(connection, Platform.POSTGRES)
    assert one(connection, "SELECT to_regnamespace('auth')") is None


def test_a_true_platform_is_refused(server: Server, connect: Callable[[str], psycopg.Connection]) -> None:
    connection = connect(create_database(server, "true_platform"))
    connection.execute("CREATE SCHEMA auth")
    with pytest.raises(NotOurs) as refused:
        bootstrap(connection, Platform.SUPABASE)
    assert "schema auth" in refused.value.what
    assert one(connection, "SELECT to_regnamespace('storage')") is None


def test_a_session_without_superuser_is_refused(
    server: Server, project: psycopg.Connection, connect: Callable[[str], psycopg.Connection]
) -> None:
    connection = connect(server.url(project.info.dbname).replace(f"user={server.user}", "user=authenticator"))
    with pytest.raises(NotOurs, match="superuser"):
        bootstrap(connection, Platform.SUPABASE)


def test_a_copy_is_owned_by_the_migration_role(project: psycopg.Connection) -> None:
    assert (
        one(project, "SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()") == "postgres"
    )


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, (None, None, None)),
        ({"request.jwt.claims": ""}, (None, None, None)),
        ({"request.jwt.claims": json.dumps({"sub": ALICE, "role": "r", "email": "e"})}, (UUID(ALICE), "r", "e")),
        ({"request.jwt.claim.sub": BOB, "request.jwt.claims": json.dumps({"sub": ALICE})}, (UUID(BOB), None, None)),
    ],
)
def test_auth_functions_read_the_claims(
    project: psycopg.Connection, settings: dict[str, str], expected: tuple[object, ...]
) -> None:
    for name, value in settings.items():
        project.execute("SELECT set_config(%s, %s, false)", [name, value])
    assert project.execute("SELECT auth.uid(), auth.role(), auth.email()").fetchone() == expected


def test_row_security_shows_each_user_their_own_rows(project: psycopg.Connection) -> None:
    project.execute("SET ROLE postgres")
    project.execute("CREATE TABLE notes (owner uuid DEFAULT auth.uid(), body text)")
    project.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
    project.execute("CREATE POLICY own ON notes TO authenticated USING (owner = (SELECT auth.uid()))")
    for user in (ALICE, BOB):
        become(project, "authenticated", user)
        project.execute("INSERT INTO notes (body) VALUES (%s)", [f"by {user}"])
        assert one(project, "SELECT string_agg(body, ',') FROM notes") == f"by {user}"
    become(project, "anon")
    assert one(project, "SELECT count(*) FROM notes") == 0
    become(project, "service_role")
    assert one(project, "SELECT count(*) FROM notes") == 2


def test_a_policy_on_storage_reads_the_folder(project: psycopg.Connection) -> None:
    project.execute("SET ROLE postgres")
    project.execute("INSERT INTO storage.buckets (id, name) VALUES ('files', 'files')")
    project.execute(
        "CREATE POLICY own_folder ON storage.objects TO authenticated"
        " USING (bucket_id = 'files' AND (storage.foldername(name))[1] = (SELECT auth.uid())::text)"
    )
    become(project, "authenticated", ALICE)
    project.execute("INSERT INTO storage.objects (bucket_id, name) VALUES ('files', %s)", [f"{ALICE}/a.png"])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        project.execute("INSERT INTO storage.objects (bucket_id, name) VALUES ('files', %s)", [f"{BOB}/a.png"])


def test_storage_takes_a_path_apart(project: psycopg.Connection) -> None:
    row = project.execute(
        "SELECT storage.foldername('a/b/c.tar.gz'), storage.foldername('c'), storage.filename('a/b/c.tar.gz'),"
        " storage.extension('a/b/c.tar.gz')"
    ).fetchone()
    assert row == (["a", "b"], [], "c.tar.gz", "gz")


def test_sign_in_tables_are_closed_to_the_api(project: psycopg.Connection) -> None:
    become(project, "anon")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        project.execute("SELECT FROM auth.users")


def test_a_new_table_is_granted_to_the_api_roles(project: psycopg.Connection) -> None:
    project.execute("SET ROLE postgres")
    project.execute("CREATE TABLE fresh (id bigint)")
    assert one(
        project,
        "SELECT bool_and(has_table_privilege(r, 'fresh', 'INSERT')) FROM unnest('{anon,service_role}'::text[]) r",
    )


@pytest.mark.parametrize("name", [*STAND_INS, *TRUSTED_BY_PLATFORMS])
def test_a_database_owner_can_create_the_extension(project: psycopg.Connection, name: str) -> None:
    project.execute("CREATE ROLE ordinary")
    try:
        project.execute(f"GRANT CREATE ON DATABASE {project.info.dbname} TO ordinary".encode())
        project.execute("GRANT CREATE, USAGE ON SCHEMA extensions TO ordinary")
        project.execute(f'DROP EXTENSION IF EXISTS "{name}" CASCADE'.encode())
        project.execute("SET ROLE ordinary")
        project.execute("SET search_path TO extensions")
        project.execute(f'CREATE EXTENSION "{name}" CASCADE'.encode())
        assert (name in stand_ins_in_use(project)) is (name in STAND_INS)
    finally:
        project.execute("RESET ROLE")
        project.execute("DROP OWNED BY ordinary CASCADE")
        project.execute("DROP ROLE ordinary")


@pytest.mark.parametrize("name", STAND_INS)
def test_a_stand_in_says_what_it_is_in_its_first_line(name: str) -> None:
    (script,) = (FOLDER / "extensions").glob(f"{name}--*.sql")
    assert script.read_text(encoding="utf-8").startswith(f"-- Stand-in for {name.replace('vector', 'pgvector')}")


def test_an_extension_of_the_installation_wins(tmp_path: Path) -> None:
    (tmp_path / "vector.control").write_text("comment = 'the true one'\n", encoding="utf-8")
    install_stand_ins(tmp_path)
    assert (tmp_path / "vector.control").read_text(encoding="utf-8") == "comment = 'the true one'\n"
    assert not list(tmp_path.glob("vector--*"))
    assert (tmp_path / "pgmq.control").exists()


def test_a_linked_control_file_is_not_written_through(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.control"
    theirs.write_text("comment = 'dblink'\n", encoding="utf-8")
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / "dblink.control").symlink_to(theirs)
    install_stand_ins(ours)
    assert "trusted" not in theirs.read_text(encoding="utf-8")
    assert "trusted = true" in (ours / "dblink.control").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["", "example.org", "ü" * 40, "x" * 55, "x" * 200])
def test_named_identifiers_are_the_true_ones(project: psycopg.Connection, name: str) -> None:
    row = project.execute(
        "SELECT extensions.uuid_generate_v3(extensions.uuid_ns_dns(), %(name)s),"
        " extensions.uuid_generate_v5(extensions.uuid_ns_dns(), %(name)s)",
        {"name": name},
    ).fetchone()
    assert row == (uuid3(NAMESPACE_DNS, name), uuid5(NAMESPACE_DNS, name))


def test_vectors_have_columns_indexes_and_true_distances(project: psycopg.Connection) -> None:
    project.execute("SET search_path TO public, extensions")
    project.execute("CREATE EXTENSION vector WITH SCHEMA extensions")
    project.execute("CREATE TABLE items (id int, embedding vector(3))")
    project.execute("INSERT INTO items VALUES (1, '[3,4,0]'), (2, ARRAY[0,0,1])")
    project.execute("CREATE INDEX CONCURRENTLY ON items USING hnsw (embedding vector_cosine_ops)")
    project.execute("CREATE INDEX ON items USING ivfflat (embedding vector_l2_ops)")
    rows = project.execute("SELECT id, embedding <-> '[0,0,0]' FROM items ORDER BY embedding <=> '[0,0,2]'").fetchall()
    assert rows == [(2, 1.0), (1, 5.0)]
    assert one(project, "SELECT avg(embedding)::text FROM items") == "[1.5,2,0.5]"


def test_a_scheduled_job_is_kept_once_by_its_name(project: psycopg.Connection) -> None:
    project.execute("CREATE EXTENSION pg_cron")
    for schedule in ("0 * * * *", "5 * * * *"):
        project.execute("SELECT cron.schedule('tidy', %s, 'VACUUM')", [schedule])
    assert one(project, "SELECT array_agg(schedule) FROM cron.job") == ["5 * * * *"]
    assert one(project, "SELECT cron.unschedule('tidy')") is True


def test_a_queue_gives_each_message_once(project: psycopg.Connection) -> None:
    project.execute("CREATE EXTENSION pgmq")
    project.execute("SELECT pgmq.create('jobs')")
    project.execute("""SELECT pgmq.send('jobs', '{"n": 1}')""")
    assert one(project, "SELECT array_agg(msg_id) FROM pgmq.read('jobs', 60, 5)") == [1]
    assert one(project, "SELECT array_agg(msg_id) FROM pgmq.read('jobs', 60, 5)") is None
    assert one(project, "SELECT pgmq.archive('jobs', 1)") is True
    assert one(project, "SELECT count(*) FROM pgmq.a_jobs") == 1


def test_a_token_that_was_signed_is_verified(project: psycopg.Connection) -> None:
    project.execute("SET search_path TO public, extensions")
    project.execute("CREATE EXTENSION pgjwt")
    check = """SELECT valid FROM verify(sign('{"sub": "é"}', 'key'), '%s')"""
    assert one(project, check % "key") is True
    assert one(project, check % "other") is False


def test_nothing_leaves_the_machine(project: psycopg.Connection) -> None:
    project.execute("CREATE EXTENSION http")
    project.execute("CREATE EXTENSION pg_net")
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        project.execute("SELECT http_get('http://example.org')")
    assert one(project, "SELECT net.http_post(url := 'http://example.org')") == 1


def test_a_secret_is_kept_and_changed(project: psycopg.Connection) -> None:
    project.execute("SET ROLE postgres")
    project.execute("SELECT vault.create_secret('old', 'name')")
    project.execute("SELECT vault.update_secret(id, 'new') FROM vault.secrets")
    assert one(project, "SELECT decrypted_secret FROM vault.decrypted_secrets WHERE name = 'name'") == "new"


def test_a_change_can_be_broadcast(project: psycopg.Connection) -> None:
    project.execute("SELECT realtime.send('{\"a\": 1}', 'event', 'topic')")
    assert one(project, "SELECT array_agg(topic || extension) FROM realtime.messages") == ["topicbroadcast"]


def test_a_history_may_name_an_older_version_and_update_it(project: psycopg.Connection) -> None:
    project.execute("CREATE EXTENSION pg_net WITH SCHEMA extensions VERSION '0.7.1'")
    project.execute("ALTER EXTENSION pg_net UPDATE TO '0.8.0'")
    project.execute("ALTER EXTENSION pg_net UPDATE")
    assert one(project, "SELECT extversion FROM pg_extension WHERE extname = 'pg_net'") == "0.14.0"


def test_the_owner_of_a_plain_database_is_no_superuser(
    server: Server, connect: Callable[[str], psycopg.Connection]
) -> None:
    name = create_database(server, "plain_owner")
    bootstrap(connect(name), Platform.POSTGRES)
    owner = connect(server.as_role("postgres").url("plain_owner"))
    owner.execute("CREATE TABLE mine (id int)")
    owner.execute("CREATE EXTENSION pg_stat_statements")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("COPY mine FROM PROGRAM 'true'")

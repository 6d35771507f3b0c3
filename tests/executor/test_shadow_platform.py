"""A shadow made from the dump of a Supabase target has what the project put on the platform's own tables."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.databases import create_database
from migsafe.executor.server.embedded import embedded
from migsafe.executor.server.local import equipped
from migsafe.executor.server.platform import bootstrap
from migsafe.executor.shadow.database import session
from migsafe.executor.shadow.dumped import dump_schema
from migsafe.executor.shadow.from_target import shadow_of_target
from migsafe.schemas.platform import Platform
from rehearsing import scratch_for_tests, shadow_after, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.shadow import Scratch

PUT = """
CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users);
CREATE FUNCTION welcome() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
'BEGIN INSERT INTO public.profiles VALUES (new.id); RETURN new; END';
CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION welcome();
CREATE TRIGGER asleep AFTER DELETE ON auth.users FOR EACH ROW EXECUTE FUNCTION welcome();
ALTER TABLE auth.users DISABLE TRIGGER asleep;
CREATE POLICY "own; files" ON storage.objects FOR SELECT TO authenticated
USING (EXISTS (SELECT FROM profiles WHERE id = auth.uid()));
CREATE POLICY blocked ON storage.objects AS RESTRICTIVE FOR INSERT WITH CHECK (bucket_id = 'a''b');
CREATE FUNCTION auth.tenant() RETURNS text LANGUAGE sql AS $$ SELECT 'mine' $$;
ALTER FUNCTION auth.tenant() OWNER TO postgres;
CREATE POLICY tenants ON storage.buckets USING (auth.tenant() = name);
CREATE ROLE reporting; GRANT USAGE ON SCHEMA auth TO reporting; GRANT SELECT ON auth.users TO reporting;
"""
THERE = {
    "policies": "SELECT polrelid::regclass::text, polname::text, polcmd::text, polpermissive,"
    " pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy ORDER BY 1, 2",
    "triggers": "SELECT tgrelid::regclass::text, tgname::text, tgenabled::text, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal ORDER BY 1, 2",
    "row security": "SELECT oid::regclass::text, relrowsecurity FROM pg_class"
    " WHERE relnamespace::regnamespace::text IN ('auth', 'storage') AND relkind = 'r' ORDER BY 1",
    "functions": "SELECT prosrc FROM pg_proc WHERE proname = 'tenant'",
    "grants": "SELECT has_table_privilege('reporting', 'auth.users', 'SELECT'),"
    " has_schema_privilege('reporting', 'auth', 'USAGE')",
}


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with scratch_for_tests() as running:
        yield running


@pytest.fixture
def target() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="migsafe-platform-"))
    folder.chmod(0o711)
    try:
        with embedded(folder / "state", durability=Durability.THROWAWAY, installation=equipped(folder)) as running:
            url = create_database(running, "platform")
            with psycopg.connect(url, autocommit=True) as connection:
                bootstrap(connection, Platform.SUPABASE)
                connection.execute(PUT.encode())
            yield running.as_role("postgres").url("platform")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_policies_triggers_functions_and_grants_on_the_platform_are_carried_over(scratch: Scratch, target: str) -> None:
    dumped = dump_schema(target, Platform.SUPABASE)
    with (
        shadow_of_target(scratch, wanted(Platform.SUPABASE), dumped) as shadow,
        session(shadow.watcher_url) as here,
        psycopg.connect(target, autocommit=True) as there,
    ):
        assert shadow.about.left_out == ()
        for session_of in (here, there):
            session_of.execute("SET search_path TO ''")
        for query in THERE.values():
            assert here.execute(query.encode()).fetchall() == there.execute(query.encode()).fetchall()
            assert there.execute(query.encode()).fetchall() != []


def test_what_has_no_place_on_the_stand_in_is_named(scratch: Scratch, target: str) -> None:
    with psycopg.connect(target.replace("user=postgres", "user=supabase_admin"), autocommit=True) as admin:
        admin.execute("CREATE TABLE storage.newer_than_ours (id int); CREATE POLICY odd ON storage.newer_than_ours")
    dumped = dump_schema(target, Platform.SUPABASE)
    with shadow_of_target(scratch, wanted(Platform.SUPABASE), dumped) as shadow:
        (said,) = shadow.about.left_out
    assert said.startswith("policy newer_than_ours odd in storage: ")


def test_event_triggers_in_code_blocks_are_left_out_and_what_is_around_them_is_done(scratch: Scratch) -> None:
    """As projects watch their schema for PostgREST: the platform lets them by a C hook that no server of ours has."""
    text = """
    CREATE FUNCTION pgrst_watch() RETURNS event_trigger LANGUAGE plpgsql
    AS $$ BEGIN NOTIFY pgrst, 'reload schema'; END $$;
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'pgrst_watch') THEN
            CREATE EVENT TRIGGER pgrst_watch ON ddl_command_end EXECUTE PROCEDURE pgrst_watch();
        END IF;
        EXECUTE format('ALTER EVENT TRIGGER %I ENABLE ALWAYS', 'pgrst_watch');
        CREATE TABLE watched (id int);
    END $$;
    """
    with shadow_after(scratch, text, platform=Platform.SUPABASE) as shadow, session(shadow.watcher_url) as connection:
        assert connection.execute("SELECT to_regclass('public.watched') IS NOT NULL").fetchone() == (True,)
        assert connection.execute("SELECT count(*) FROM pg_event_trigger WHERE evtname LIKE 'pgrst%'").fetchone() == (
            0,
        )

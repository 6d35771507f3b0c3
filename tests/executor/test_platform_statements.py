"""What migrations of Supabase projects are made of runs as the ordinary role that owns the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.planner.on_stand_in import on_stand_in
from projects import owned_project, platform_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.server.embedded import Server

PROJECTS = {
    "names of what the services made": """
        INSERT INTO auth.users (id, email) VALUES ('11111111-1111-4111-8111-111111111111', 'a@example.org')
            ON CONFLICT (email) WHERE is_sso_user = false DO NOTHING;
        INSERT INTO auth.identities (provider_id, user_id, identity_data, provider)
            VALUES ('1', '11111111-1111-4111-8111-111111111111', '{}', 'email')
            ON CONFLICT ON CONSTRAINT identities_provider_id_provider_unique DO NOTHING;
        INSERT INTO storage.buckets (id, name) VALUES ('b', 'b');
        INSERT INTO storage.objects (bucket_id, name) VALUES ('b', 'x/1.png'), ('b', 'x/2.png'), ('b', 'y.png');
        DO $$ BEGIN
            ASSERT ARRAY(SELECT name FROM storage.list_objects_with_delimiter('b', '', '/')) = ARRAY['x/', 'y.png'];
            ASSERT (SELECT count(*) FROM storage.list_multipart_uploads_with_delimiter('b', '', '/')) = 0;
        END $$;
        ALTER FUNCTION extensions.grant_pg_cron_access() OWNER TO postgres;
    """,
    "Lovable Cloud": """
        CREATE TABLE public.prices (id bigint PRIMARY KEY);
        GRANT INSERT, UPDATE ON public.prices TO sandbox_exec;
    """,
    "a trigger on sign-up": """
        CREATE TABLE public.profiles (id uuid PRIMARY KEY REFERENCES auth.users (id) ON DELETE CASCADE, name text);
        CREATE FUNCTION public.handle_new_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
        AS $$ BEGIN INSERT INTO public.profiles VALUES (NEW.id, NEW.raw_user_meta_data ->> 'name'); RETURN NEW; END $$;
        CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.users
            FOR EACH ROW EXECUTE PROCEDURE public.handle_new_user();
        DROP TRIGGER IF EXISTS on_auth_user_created ON auth.users;
    """,
    "users in a seed": """
        INSERT INTO auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at,
            raw_app_meta_data, raw_user_meta_data, created_at, updated_at, confirmation_token, email_change,
            email_change_token_new, recovery_token)
        VALUES ('00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'authenticated', 'authenticated', 'a@b.c',
            extensions.crypt('secret', extensions.gen_salt('bf')), now(), '{}', '{}', now(), now(), '', '', '', '');
        INSERT INTO auth.identities (id, user_id, provider_id, identity_data, provider, created_at, updated_at)
        SELECT gen_random_uuid(), id, id::text, jsonb_build_object('sub', id, 'email', email), 'email', now(), now()
        FROM auth.users;
        DELETE FROM auth.users;
    """,
    "buckets and their policies": """
        INSERT INTO storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
        VALUES ('avatars', 'avatars', true, 5242880, ARRAY['image/png']) ON CONFLICT (id) DO NOTHING;
        CREATE POLICY "Own files" ON storage.objects FOR ALL TO authenticated
            USING (bucket_id = 'avatars' AND auth.uid()::text = (storage.foldername(name))[1]);
        CREATE POLICY "All buckets" ON storage.buckets FOR SELECT USING (true);
        ALTER POLICY "Own files" ON storage.objects TO authenticated, anon;
        DROP POLICY IF EXISTS "Own files" ON storage.objects;
        ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
        CREATE TRIGGER mine AFTER INSERT ON storage.objects
            FOR EACH ROW EXECUTE FUNCTION storage.update_updated_at_column();
        DELETE FROM storage.objects WHERE bucket_id = 'avatars';
        DELETE FROM storage.buckets WHERE id = 'avatars';
    """,
    "realtime": """
        CREATE TABLE messages (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text);
        ALTER TABLE messages REPLICA IDENTITY FULL;
        ALTER PUBLICATION supabase_realtime ADD TABLE messages;
        ALTER PUBLICATION supabase_realtime OWNER TO postgres;
        ALTER PUBLICATION supabase_realtime DROP TABLE messages;
        BEGIN; DROP PUBLICATION IF EXISTS supabase_realtime; CREATE PUBLICATION supabase_realtime; COMMIT;
        ALTER PUBLICATION supabase_realtime ADD TABLE ONLY public.messages;
        CREATE POLICY listen ON realtime.messages FOR SELECT TO authenticated USING (realtime.topic() = 'room');
        CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
            PERFORM realtime.broadcast_changes('t', TG_OP, TG_OP, TG_TABLE_NAME, TG_TABLE_SCHEMA, NEW, OLD);
            PERFORM realtime.send('{}'::jsonb, 'e', 't', false); RETURN NULL; END $$;
        CREATE TRIGGER told AFTER INSERT OR UPDATE OR DELETE ON messages FOR EACH ROW EXECUTE FUNCTION told();
        INSERT INTO messages (body) VALUES ('hello');
    """,
    "jobs, calls and queues": """
        CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA pg_catalog;
        GRANT USAGE ON SCHEMA cron TO postgres;
        GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA cron TO postgres;
        CREATE EXTENSION IF NOT EXISTS pg_net WITH SCHEMA extensions;
        SELECT cron.schedule('daily', '0 3 * * *', $$ SELECT net.http_post(url := 'https://example.org',
            headers := jsonb_build_object('Authorization', 'x'), body := '{}'::jsonb) AS request_id; $$);
        SELECT cron.unschedule(jobid) FROM cron.job WHERE jobname = 'daily';
        SELECT net.http_post(url := 'https://example.org', body := '{}'::jsonb, timeout_milliseconds := 100);
        CREATE SCHEMA IF NOT EXISTS pgmq;
        CREATE EXTENSION IF NOT EXISTS pgmq WITH SCHEMA pgmq;
        SELECT pgmq.create('jobs'); SELECT FROM pgmq.send('jobs', '{}'::jsonb); SELECT pgmq.drop_queue('jobs');
    """,
    "secrets": """
        CREATE EXTENSION IF NOT EXISTS supabase_vault WITH SCHEMA vault;
        SELECT vault.create_secret('s', 'name', 'about');
        SELECT decrypted_secret FROM vault.decrypted_secrets WHERE name = 'name';
        DELETE FROM vault.secrets WHERE name = 'name';
        CREATE EXTENSION IF NOT EXISTS pgsodium;
    """,
    "roles, settings and default privileges": """
        ALTER ROLE authenticator SET pgrst.db_schemas TO 'public, graphql_public, api';
        ALTER ROLE authenticator SET statement_timeout TO '10s';
        ALTER ROLE anon SET statement_timeout = '2s';
        ALTER ROLE postgres SET pgaudit.log TO 'write';
        ALTER DATABASE postgres SET timezone TO 'UTC'; GRANT CONNECT ON DATABASE postgres TO anon;
        COMMENT ON DATABASE "postgres" IS 'it''s 5 %';
        NOTIFY pgrst, 'reload schema';
        NOTIFY pgrst, 'reload config';
        CREATE ROLE reader NOLOGIN; GRANT reader TO authenticator; GRANT anon TO reader; DROP ROLE reader;
        CREATE SCHEMA api AUTHORIZATION postgres;
        GRANT USAGE ON SCHEMA api TO anon, authenticated, service_role;
        ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA api GRANT ALL ON TABLES TO anon, authenticated;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC, anon;
        GRANT USAGE ON SCHEMA auth TO service_role; GRANT SELECT ON auth.users TO service_role;
        GRANT USAGE ON SCHEMA public TO supabase_auth_admin;
        SET ROLE authenticated; RESET ROLE; SET ROLE anon; SET ROLE postgres; RESET ROLE;
        SET session_replication_role = replica; SET session_replication_role = DEFAULT;
        REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO anon;
        ALTER SCHEMA public OWNER TO pg_database_owner; ALTER SCHEMA public OWNER TO postgres;
    """,
    "a squashed first migration": """
        SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;
        SET client_encoding = 'UTF8'; SET standard_conforming_strings = on;
        SELECT pg_catalog.set_config('search_path', '', false);
        SET check_function_bodies = false; SET xmloption = content; SET client_min_messages = warning;
        SET row_security = off;
        CREATE EXTENSION IF NOT EXISTS "pg_net" WITH SCHEMA "extensions";
        COMMENT ON SCHEMA "public" IS 'standard public schema';
        CREATE EXTENSION IF NOT EXISTS "pg_graphql" WITH SCHEMA "graphql";
        CREATE EXTENSION IF NOT EXISTS "pg_stat_statements" WITH SCHEMA "extensions";
        CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA "extensions";
        ALTER SCHEMA "public" OWNER TO "postgres";
        CREATE TYPE "public"."mood" AS ENUM ('sad', 'happy'); ALTER TYPE "public"."mood" OWNER TO "postgres";
        SET default_tablespace = ''; SET default_table_access_method = "heap";
        CREATE TABLE "public"."t" ("id" "uuid" DEFAULT "extensions"."uuid_generate_v4"() NOT NULL);
        ALTER TABLE "public"."t" OWNER TO "postgres";
        CREATE FUNCTION "public"."f"() RETURNS "void" LANGUAGE "sql" AS $$ SELECT $$;
        ALTER FUNCTION "public"."f"() OWNER TO "postgres";
        ALTER PUBLICATION "supabase_realtime" OWNER TO "postgres";
        GRANT USAGE ON SCHEMA "public" TO "postgres"; GRANT ALL ON TABLE "public"."t" TO "anon";
        GRANT ALL ON FUNCTION "public"."f"() TO "service_role";
        ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" IN SCHEMA "public" GRANT ALL ON SEQUENCES TO "anon";
        RESET ALL;
    """,
    "vectors": """
        CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA extensions;
        CREATE TABLE parts (id bigint, embedding extensions.vector(1536), half extensions.halfvec(3));
        CREATE INDEX ON parts USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 64);
        CREATE INDEX ON parts USING ivfflat (embedding vector_l2_ops) WITH (lists = 100);
        CREATE FUNCTION near(q vector(1536)) RETURNS SETOF parts LANGUAGE sql STABLE
            AS $$ SELECT * FROM parts ORDER BY embedding <=> q LIMIT 5 $$;
    """,
    "places": """
        CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA extensions;
        CREATE TABLE shops (id int, place extensions.geography(Point, 4326), area geometry(MultiPolygon, 4326));
        CREATE INDEX shops_place ON shops USING gist (place);
        INSERT INTO shops VALUES (1, ST_SetSRID(ST_MakePoint(13.4, 52.5), 4326)::geography, NULL), (2, NULL, NULL),
            (3, 'POINT(13.5 52.5)', NULL);
        SELECT id FROM shops WHERE ST_DWithin(place, 'SRID=4326;POINT(13.4 52.5)'::geography, 1000);
        CREATE FUNCTION inside(b geometry) RETURNS SETOF shops LANGUAGE sql AS $$
            SELECT * FROM shops WHERE place && b OR ST_Contains(area, b) $$;
    """,
    "an event trigger": """
        CREATE FUNCTION guard() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
        CREATE EVENT TRIGGER guard ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION guard();
        DROP EVENT TRIGGER IF EXISTS guard;
    """,
    "series": """
        CREATE EXTENSION timescaledb WITH SCHEMA extensions;
        CREATE TABLE m (time timestamptz NOT NULL, v float8);
        SELECT create_hypertable('m', 'time', if_not_exists => TRUE);
        SELECT create_hypertable('m', 'time', chunk_time_interval => INTERVAL '1 day');
        ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'v');
        SELECT add_retention_policy('m', INTERVAL '7 days');
        INSERT INTO m VALUES (now(), 1), (now() + '1 h', 2);
        SELECT time_bucket('1 day', time), first(v, time), last(v, time) FROM m GROUP BY 1;
    """,
    "servers elsewhere": """
        CREATE EXTENSION IF NOT EXISTS postgres_fdw WITH SCHEMA extensions;
        CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'localhost', dbname 'postgres');
        CREATE USER MAPPING FOR CURRENT_USER SERVER other OPTIONS (user 'postgres', password 'postgres');
        CREATE FOREIGN TABLE elsewhere (id int) SERVER other;
        DROP PUBLICATION supabase_realtime; CREATE PUBLICATION supabase_realtime FOR ALL TABLES;
    """,
    "a hook on every table": """
        CREATE TABLE hooked (id int);
        CREATE TRIGGER call AFTER INSERT ON hooked FOR EACH ROW EXECUTE FUNCTION
            supabase_functions.http_request('https://example.org', 'POST', '{}', '{}', '1000');
        INSERT INTO hooked VALUES (1);
        CREATE EXTENSION IF NOT EXISTS moddatetime SCHEMA extensions;
        ALTER TABLE hooked ADD COLUMN at timestamptz;
        CREATE TRIGGER touched BEFORE UPDATE ON hooked FOR EACH ROW EXECUTE PROCEDURE extensions.moddatetime(at);
        COMMENT ON SCHEMA public IS '@graphql({"inflect_names": true})';
        CREATE VIEW people WITH (security_invoker = on) AS SELECT id, email FROM auth.users;
    """,
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with platform_server() as running:
        yield running


@pytest.fixture
def project(server: Server) -> Iterator[psycopg.Connection]:
    """A fresh project, connected to as its owner."""
    with owned_project(server) as connection:
        yield connection


@pytest.mark.parametrize("what", PROJECTS)
def test_a_project_uses(project: psycopg.Connection, what: str) -> None:
    from migsafe.planner.parse import parse  # noqa: PLC0415 - slow to import

    for statement in parse(PROJECTS[what].encode(), what):
        project.execute((on_stand_in(statement.text) or statement.text).encode())


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER ROLE postgres SUPERUSER",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('postgresql.conf')",
        "CREATE EXTENSION file_fdw",
        "CREATE EXTENSION adminpack_or_any_other",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'f'",
        "SET ROLE supabase_admin",
        "GRANT pg_execute_server_program TO postgres",
        "GRANT pg_read_server_files TO postgres",
        "ALTER SYSTEM SET log_statement = 'all'",
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
    ],
)
def test_the_owner_is_no_superuser(project: psycopg.Connection, sql: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
        project.execute(sql.encode())

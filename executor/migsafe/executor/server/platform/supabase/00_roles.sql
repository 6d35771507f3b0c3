-- The roles of the platform. Roles belong to the whole server, so this file runs at every bootstrap and creates only what is missing.
-- It also holds true what cannot travel inside a database: memberships and settings of roles.
--
-- supabase_admin is the superuser, postgres is the ordinary role as which migrations run: it may create roles and databases, is not
-- held by row security, and owns nothing of the platform. Start the server with `initdb --username=supabase_admin` to have exactly this;
-- where the server was born with a superuser named postgres, that one stays a superuser (PostgreSQL does not let it be less).

-- Two bootstraps at once would trip over each other ("tuple concurrently updated"); advisory locks do not reach across databases.
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;

DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT *
        FROM (VALUES
            ('supabase_admin',             'LOGIN SUPERUSER CREATEDB CREATEROLE REPLICATION BYPASSRLS'),
            ('postgres',                   'LOGIN CREATEDB CREATEROLE REPLICATION BYPASSRLS'),
            -- what a request runs as: PostgREST logs in as authenticator and becomes one of the three
            ('anon',                       'NOLOGIN'),
            ('authenticated',              'NOLOGIN'),
            ('service_role',               'NOLOGIN BYPASSRLS'),
            ('authenticator',              'LOGIN NOINHERIT'),
            -- what the platform's own services run as
            ('supabase_auth_admin',        'LOGIN NOINHERIT CREATEROLE'),
            ('supabase_storage_admin',     'LOGIN NOINHERIT CREATEROLE'),
            ('supabase_realtime_admin',    'NOLOGIN NOINHERIT'),
            ('supabase_functions_admin',   'LOGIN NOINHERIT CREATEROLE'),
            ('supabase_replication_admin', 'LOGIN REPLICATION'),
            ('supabase_etl_admin',         'LOGIN REPLICATION'),
            ('supabase_read_only_user',    'LOGIN BYPASSRLS'),
            ('dashboard_user',             'NOLOGIN CREATEDB CREATEROLE REPLICATION'),
            ('pgbouncer',                  'LOGIN'),
            -- what Lovable Cloud runs its editor's queries as; its migrations grant to it
            ('sandbox_exec',               'NOLOGIN'),
            ('pgsodium_keyiduser',         'NOLOGIN'),
            ('pgsodium_keyholder',         'NOLOGIN'),
            ('pgsodium_keymaker',          'NOLOGIN')
        ) AS role (name, attributes)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
            EXECUTE format('CREATE ROLE %I %s', wanted.name, wanted.attributes);
        END IF;
    END LOOP;
END
$$;

-- Since 2023 these inherit what is granted to them by way of roles that a project makes.
ALTER ROLE anon INHERIT;
ALTER ROLE authenticated INHERIT;
ALTER ROLE service_role INHERIT;

GRANT anon, authenticated, service_role TO authenticator;
GRANT authenticator TO supabase_storage_admin;
GRANT pgsodium_keyiduser TO pgsodium_keyholder;
GRANT pgsodium_keyholder TO pgsodium_keymaker;
GRANT pg_read_all_data TO supabase_read_only_user, supabase_etl_admin;
GRANT pg_monitor TO supabase_read_only_user;

DO $$
BEGIN
    -- A superuser needs none of these, and a role cannot be granted to itself by way of its members.
    IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = 'postgres') THEN
        RETURN;
    END IF;
    -- WITH ADMIN OPTION: migrations write `ALTER ROLE anon SET statement_timeout ...`, which asks for it since PostgreSQL 16.
    GRANT anon, authenticated, service_role, authenticator TO postgres WITH ADMIN OPTION;
    GRANT pg_monitor, pg_signal_backend, pg_read_all_data TO postgres;
    GRANT pgsodium_keyiduser, pgsodium_keyholder, pgsodium_keymaker TO postgres WITH ADMIN OPTION;
    -- The platform lets postgres write policies and triggers on tables that it does not own by a C hook (supautils).
    -- Membership in their owners is as near as plain SQL comes; it allows more, for instance ALTER TABLE storage.objects.
    GRANT supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin, supabase_functions_admin TO postgres;
END
$$;

ALTER ROLE postgres SET search_path TO "$user", public, extensions;
ALTER ROLE supabase_admin SET search_path TO "$user", public, auth, extensions;
ALTER ROLE supabase_auth_admin SET search_path TO auth;
ALTER ROLE supabase_auth_admin SET idle_in_transaction_session_timeout TO '60s';
ALTER ROLE supabase_storage_admin SET search_path TO storage;
ALTER ROLE supabase_functions_admin SET search_path TO supabase_functions;
ALTER ROLE anon SET statement_timeout TO '3s';
ALTER ROLE authenticated SET statement_timeout TO '8s';
ALTER ROLE authenticator SET statement_timeout TO '8s';
ALTER ROLE authenticator SET lock_timeout TO '8s';

-- Migrations set PostgREST's settings on roles, and switch triggers off while they load data. These parameters are the superuser's
-- unless granted, which PostgreSQL 15 made possible; the platform allows them by its C hook.
DO $$
DECLARE
    setting text;
BEGIN
    IF current_setting('server_version_num')::integer < 150000 THEN
        RETURN;
    END IF;
    FOREACH setting IN ARRAY ARRAY[
        'app.settings.jwt_exp', 'app.settings.jwt_secret', 'pgrst.app_settings', 'pgrst.db_aggregates_enabled',
        'pgrst.db_anon_role', 'pgrst.db_extra_search_path', 'pgrst.db_hoisted_tx_settings', 'pgrst.db_max_rows',
        'pgrst.db_plan_enabled', 'pgrst.db_pre_request', 'pgrst.db_root_spec', 'pgrst.db_schemas', 'pgrst.db_tx_end',
        'pgrst.jwt_aud', 'pgrst.jwt_role_claim_key', 'pgrst.jwt_secret', 'pgrst.openapi_mode',
        'pgrst.openapi_security_active', 'pgrst.server_cors_allowed_origins', 'pgrst.server_timing_enabled',
        'log_lock_waits', 'log_min_duration_statement', 'log_min_messages', 'log_statement', 'log_temp_files',
        'session_replication_role', 'track_io_timing',
        'auto_explain.log_min_duration', 'auto_explain.log_nested_statements', 'pg_net.batch_size', 'pg_net.ttl',
        'pgaudit.log', 'pgaudit.log_catalog', 'pgaudit.log_client', 'pgaudit.log_level', 'pgaudit.log_relation',
        'pgaudit.log_rows', 'pgaudit.log_statement', 'pgaudit.log_statement_once', 'pgaudit.role', 'safeupdate.enabled'
    ] LOOP
        EXECUTE format('GRANT SET ON PARAMETER %s TO postgres', setting);
    END LOOP;
END
$$;

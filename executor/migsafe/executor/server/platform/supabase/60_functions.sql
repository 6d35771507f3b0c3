-- Schema supabase_functions: database webhooks. A trigger made in the dashboard calls http_request(), which calls nobody here.

SET LOCAL ROLE supabase_functions_admin;

CREATE TABLE supabase_functions.migrations (
    version text NOT NULL PRIMARY KEY,
    inserted_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE supabase_functions.hooks (
    id bigserial PRIMARY KEY,
    hook_table_id integer NOT NULL,
    hook_name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    request_id bigint
);

-- Arguments of the trigger: url, method, headers, body, timeout. The hook is recorded, the request is not sent.
CREATE FUNCTION supabase_functions.http_request() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = supabase_functions
AS $$
BEGIN
    INSERT INTO hooks (hook_table_id, hook_name) VALUES (TG_RELID, TG_NAME);
    RETURN coalesce(NEW, OLD);
END
$$;

GRANT ALL ON ALL TABLES IN SCHEMA supabase_functions TO postgres, anon, authenticated, service_role;
GRANT ALL ON ALL SEQUENCES IN SCHEMA supabase_functions TO postgres, anon, authenticated, service_role;
GRANT ALL ON ALL FUNCTIONS IN SCHEMA supabase_functions TO postgres, anon, authenticated, service_role;

RESET ROLE;

-- The functions behind the platform's event triggers. Old histories (`remote_commit.sql`) give them owners and rights, or write
-- them anew. The event triggers themselves are left out: what they grant, the stand-ins of pg_cron, pg_net and pg_graphql grant,
-- and nobody listens to PostgREST's channel here.
DO $$
DECLARE
    owned record;
BEGIN
    FOR owned IN
        SELECT *
        FROM (VALUES
            ('pgrst_ddl_watch', 'supabase_admin'),
            ('pgrst_drop_watch', 'supabase_admin'),
            ('set_graphql_placeholder', 'supabase_admin'),
            ('grant_pg_graphql_access', 'supabase_admin'),
            ('grant_pg_cron_access', 'postgres'),
            ('grant_pg_net_access', 'postgres')
        ) AS function (name, owner)
    LOOP
        EXECUTE format(
            'CREATE FUNCTION extensions.%I() RETURNS event_trigger LANGUAGE plpgsql AS ''BEGIN NULL; END''', owned.name
        );
        EXECUTE format('ALTER FUNCTION extensions.%I() OWNER TO %I', owned.name, owned.owner);
    END LOOP;
END
$$;

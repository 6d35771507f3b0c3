-- The extensions that every project of the platform starts with. They belong to postgres, so that migrations may drop them.

SET LOCAL ROLE postgres;

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA extensions;
CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA extensions;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements WITH SCHEMA extensions;
CREATE EXTENSION IF NOT EXISTS supabase_vault WITH SCHEMA vault;
CREATE EXTENSION IF NOT EXISTS pg_graphql WITH SCHEMA graphql;

RESET ROLE;

-- What the API calls. Its body is a text, so that nothing depends on the extension and DROP EXTENSION works as on the platform.
CREATE FUNCTION graphql_public.graphql(
    "operationName" text DEFAULT NULL, query text DEFAULT NULL, variables jsonb DEFAULT NULL, extensions jsonb DEFAULT NULL
) RETURNS jsonb
    LANGUAGE sql
AS $$ SELECT graphql.resolve(query, coalesce(variables, '{}'), "operationName", extensions) $$;

-- Functions that came with the extensions above belong to whoever runs this file, so the default privileges do not reach them.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA extensions TO postgres WITH GRANT OPTION;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA graphql, graphql_public TO postgres, anon, authenticated, service_role;
GRANT SELECT, DELETE ON vault.secrets, vault.decrypted_secrets TO postgres WITH GRANT OPTION;
GRANT REFERENCES ON vault.secrets TO postgres;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA vault TO postgres WITH GRANT OPTION;
GRANT SELECT, DELETE ON vault.secrets, vault.decrypted_secrets TO service_role;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA vault TO service_role;

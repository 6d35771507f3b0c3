-- Returns one row: whether the session is a superuser, whether a schema auth exists, its comment, and which of the extensions
-- %(wanted)s the server does not offer.
SELECT
    (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user),
    pg_catalog.to_regnamespace('auth') IS NOT NULL,
    pg_catalog.obj_description(pg_catalog.to_regnamespace('auth')::oid, 'pg_namespace'),
    ARRAY(
        SELECT name FROM pg_catalog.unnest(%(wanted)s::text[]) AS wanted (name)
        EXCEPT SELECT name::text FROM pg_catalog.pg_available_extensions
        ORDER BY name
    )

-- One row for each extension of the database.
SELECT pg_extension.oid::bigint, extname AS name, extversion AS version, nspname AS schema_name
FROM pg_extension
JOIN pg_namespace ON pg_namespace.oid = extnamespace;

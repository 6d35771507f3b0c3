-- One row with the schema of pg_stat_statements, or none where this database does not have it.
SELECT namespace.nspname::text
FROM pg_catalog.pg_extension AS extension
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = extension.extnamespace
WHERE extension.extname = 'pg_stat_statements';

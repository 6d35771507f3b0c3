-- One row for each index of the schemas: its name, its table, whether it is valid, and how often it was scanned.
SELECT
    index_.indexrelid AS oid,
    index_.schemaname::text AS schema,
    index_.indexrelname::text AS name,
    index_.relname::text AS table,
    definition.indisvalid AS valid,
    coalesce(index_.idx_scan, 0) AS scans
FROM pg_catalog.pg_stat_user_indexes AS index_
JOIN pg_catalog.pg_index AS definition ON definition.indexrelid = index_.indexrelid
WHERE index_.schemaname = ANY(%(schemas)s)
ORDER BY 2, 3;

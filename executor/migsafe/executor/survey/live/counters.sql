-- One row for each table of the schemas that holds rows: its name, what the statistics count, and when it was last seen to.
SELECT
    table_.relid AS oid,
    table_.schemaname::text AS schema,
    table_.relname::text AS name,
    CASE WHEN class.relpages = 0 AND class.reltuples <= 0 AND table_.n_live_tup = 0 THEN -1
         ELSE greatest(class.reltuples, table_.n_live_tup) END::bigint AS rows,
    table_.n_dead_tup AS dead_rows,
    table_.n_tup_ins AS inserts,
    table_.n_tup_upd AS updates,
    table_.n_tup_del AS deletes,
    coalesce(table_.seq_scan, 0) AS sequential_scans,
    coalesce(table_.idx_scan, 0) AS index_scans,
    greatest(table_.last_analyze, table_.last_autoanalyze) AS last_analyze,
    greatest(table_.last_vacuum, table_.last_autovacuum) AS last_vacuum
FROM pg_catalog.pg_stat_user_tables AS table_
JOIN pg_catalog.pg_class AS class ON class.oid = table_.relid
WHERE table_.schemaname = ANY(%(schemas)s)
ORDER BY 2, 3;

-- Two results, asked for after every statement and therefore cheap to plan. First one row: WAL position in bytes, and of some
-- system tables in one order their object ids, how many rows this transaction has written to them so far, and deleted. Then one
-- row for each mode in which this session has locked a relation of users: object id, mode, scans so far.
SELECT
    pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn,
    pg_catalog.array_agg(id::bigint),
    pg_catalog.array_agg(
        pg_catalog.pg_stat_get_xact_tuples_inserted(id) + pg_catalog.pg_stat_get_xact_tuples_updated(id)
    ),
    pg_catalog.array_agg(pg_catalog.pg_stat_get_xact_tuples_deleted(id))
FROM pg_catalog.unnest('{tables}'::pg_catalog.oid[]) AS counted (id);
SELECT relation::bigint, mode, pg_catalog.pg_stat_get_xact_numscans(relation)
FROM pg_catalog.pg_lock_status()
WHERE locktype = 'relation' AND pid = pg_catalog.pg_backend_pid() AND granted AND relation::bigint >= 16384

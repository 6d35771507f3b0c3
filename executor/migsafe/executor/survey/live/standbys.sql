-- One row for each standby or subscriber: name, state, whether commits wait for it, its lag in bytes and milliseconds.
SELECT
    application_name,
    coalesce(state, ''),
    coalesce(sync_state IN ('sync', 'quorum'), false) AS synchronous,
    CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint END AS bytes,
    (extract(epoch FROM replay_lag) * 1000)::bigint AS milliseconds
FROM pg_catalog.pg_stat_replication
ORDER BY 1, pid;

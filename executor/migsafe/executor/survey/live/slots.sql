-- One row for each replication slot: name, kind, whether it is read from, and the bytes of WAL kept for it.
SELECT
    slot_name::text,
    slot_type,
    active,
    pg_wal_lsn_diff(
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn
    )::bigint AS retained
FROM pg_catalog.pg_replication_slots
ORDER BY 1;

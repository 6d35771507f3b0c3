-- One row for each thing that stands in the way: the name of the check and what was found.
SELECT 'long transactions' AS name, format('pid %%s (%%s), %%s s', pid, application_name, extract(epoch FROM age)::int) AS found
FROM (
    SELECT pid, application_name, clock_timestamp() - xact_start AS age
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
) AS session
WHERE extract(epoch FROM age) > %(transaction_seconds)s
UNION ALL
SELECT 'prepared transactions', format('%%s, since %%s', quote_literal(gid), prepared)
FROM pg_prepared_xacts WHERE database = current_database()
UNION ALL
SELECT 'replication slots', format('%%s is %%s behind', slot_name, pg_size_pretty(behind))
FROM (
    SELECT
        slot_name,
        CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) END AS behind
    FROM pg_replication_slots
) AS slot
WHERE behind > %(retained_bytes)s
UNION ALL
SELECT 'invalid indexes', format('%%s on %%s', indexrelid::regclass, indrelid::regclass)
FROM pg_index
JOIN pg_class AS relation ON relation.oid = indrelid
JOIN pg_namespace AS namespace ON namespace.oid = relnamespace
WHERE NOT indisvalid AND namespace.nspname = ANY(%(schemas)s);

-- At most one row: another session that applies a plan to this database and is not idle: pid and state.
SELECT pid, state
FROM pg_catalog.pg_stat_activity
WHERE datname = current_database()
    AND pid <> pg_catalog.pg_backend_pid()
    AND application_name LIKE 'migsafe apply %'
    AND state <> 'idle'
ORDER BY backend_start
LIMIT 1;

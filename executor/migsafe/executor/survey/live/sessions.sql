-- One row: how many other sessions this database has, what they hold open and for how many seconds, and whether we may see it.
SELECT
    count(*)::int AS sessions,
    coalesce(max(extract(epoch FROM clock_timestamp() - session.xact_start)), 0)::bigint AS oldest_transaction,
    count(*) FILTER (WHERE session.state LIKE 'idle in transaction%')::int AS idle,
    coalesce(
        max(extract(epoch FROM clock_timestamp() - session.xact_start))
            FILTER (WHERE session.state LIKE 'idle in transaction%'),
        0
    )::bigint AS oldest_idle,
    (SELECT count(*) FROM pg_catalog.pg_prepared_xacts WHERE database = current_database())::int AS prepared,
    (
        SELECT coalesce(max(extract(epoch FROM clock_timestamp() - prepared)), 0)
        FROM pg_catalog.pg_prepared_xacts
        WHERE database = current_database()
    )::bigint AS oldest_prepared,
    pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all
FROM pg_catalog.pg_stat_activity AS session
WHERE session.datname = current_database()
    AND session.backend_type = 'client backend'
    AND session.pid <> pg_backend_pid();

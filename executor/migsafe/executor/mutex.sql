-- At most one row: the session that holds the lock of this database, and since when it is connected (UTC, ISO 8601).
-- What other roles' sessions are called is hidden from those without pg_read_all_stats: empty then.
SELECT
    held.pid,
    coalesce(activity.application_name, '') AS application,
    coalesce(activity.usename::text, '') AS role,
    coalesce(pg_catalog.to_char(activity.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') AS since
FROM pg_catalog.pg_locks AS held
LEFT JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = held.pid
WHERE
    held.locktype = 'advisory'
    AND held.granted
    AND held.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND held.classid = %(classid)s::oid
    AND held.objid = %(objid)s::oid
    AND held.objsubid = 2;

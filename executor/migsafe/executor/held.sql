-- One row: whether the session with this process id, which is of the present database, holds the lock of it.
SELECT EXISTS (
    SELECT
    FROM pg_catalog.pg_locks
    WHERE
        pid = %(pid)s::integer
        AND pid = pg_catalog.pg_backend_pid()
        AND locktype = 'advisory'
        AND granted
        AND classid = %(classid)s::oid
        AND objid = %(objid)s::oid
        AND objsubid = 2
);

-- Object ids of the relations that the session holds a lock on, those of the system left out: what a query that was just
-- prepared reads and writes. Analysis locks what the query names, rewriting what its views name.
SELECT DISTINCT l.relation::bigint
FROM pg_locks l
WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid() AND l.granted AND l.relation >= 16384
  AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())

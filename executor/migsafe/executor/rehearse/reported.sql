-- One row: WAL position in bytes. When it is answered the server reports what it counted in earlier transactions of this session,
-- so that the counters of the next one begin at 0. From PG 15 on.
SELECT
    pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn,
    pg_catalog.pg_stat_force_next_flush()

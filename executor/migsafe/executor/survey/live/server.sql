-- One row of settings, those of time as a new session of this role in this database has them, and the connections in use.
SELECT
    current_setting('max_connections')::int,
    (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend')::int,
    current_setting('max_locks_per_transaction')::int,
    current_setting('wal_level'),
    (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'TimeZone'),
    (SELECT reset_val::int FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'),
    (SELECT reset_val::int FROM pg_catalog.pg_settings WHERE name = 'statement_timeout');

-- One row: server version, the role that connected, whether it is a superuser, read-only by default, in recovery.
SELECT
    current_setting('server_version_num')::integer AS server_version,
    session_user::text AS role,
    (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user) AS superuser,
    current_setting('default_transaction_read_only')::boolean AS read_only,
    pg_catalog.pg_is_in_recovery() AS standby;

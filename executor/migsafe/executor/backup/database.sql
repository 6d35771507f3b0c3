-- Returns one row about this database: name, oid, bytes, encoding, system identifier of the cluster, server_version_num,
-- the snapshot of this transaction as pg_dump takes it, and the name of the current role.
SELECT
    database.datname::text,
    database.oid::bigint,
    pg_catalog.pg_database_size(database.oid),
    pg_catalog.pg_encoding_to_char(database.encoding)::text,
    (SELECT system_identifier::text FROM pg_catalog.pg_control_system()),
    pg_catalog.current_setting('server_version_num')::integer,
    pg_catalog.pg_export_snapshot(),
    current_user::text
FROM pg_catalog.pg_database AS database
WHERE database.datname = pg_catalog.current_database()

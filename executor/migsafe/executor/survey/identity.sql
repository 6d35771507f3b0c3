-- One row: what tells this database from every other.
SELECT
    (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS system_identifier,
    database.oid::bigint AS database_oid,
    database.datname::text AS database
FROM pg_catalog.pg_database AS database
WHERE database.datname = current_database();

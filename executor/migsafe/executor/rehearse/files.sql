-- One row for each relation of users: object id, schema, name, kind, table of an index, storage file, and whether it has rows
-- by its size.
SELECT
    relation.oid::bigint,
    namespace.nspname,
    relation.relname,
    relation.relkind::text,
    index.indrelid::bigint,
    relation.relfilenode::bigint
FROM pg_catalog.pg_class AS relation
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
LEFT JOIN pg_catalog.pg_index AS index ON index.indexrelid = relation.oid
WHERE relation.oid >= 16384 AND relation.relkind <> 't' AND relation.relpersistence <> 't'

-- At most one row: the index of that name: its oid, schema, name, whether it is valid, and whether it is on that table.
SELECT
    relation.oid::pg_catalog.int8,
    namespace.nspname::text,
    relation.relname::text,
    index.indisvalid,
    index.indrelid = pg_catalog.to_regclass(%(table)s) AS on_table
FROM pg_catalog.pg_index AS index
JOIN pg_catalog.pg_class AS relation ON relation.oid = index.indexrelid
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE index.indexrelid = pg_catalog.to_regclass(%(index)s);

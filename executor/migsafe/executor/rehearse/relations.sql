-- One row for each of these relations that is there: object id, schema, name, kind, table of an index, storage file, and whether
-- it is none of the users' own: temporary, or TOAST.
SELECT
    relation.oid::bigint,
    (SELECT nspname FROM pg_catalog.pg_namespace WHERE oid = relation.relnamespace),
    relation.relname,
    relation.relkind::text,
    (SELECT indrelid::bigint FROM pg_catalog.pg_index WHERE indexrelid = relation.oid),
    relation.relfilenode::bigint,
    relation.relpersistence = 't' OR relation.relkind = 't'
FROM pg_catalog.pg_class AS relation
WHERE relation.oid = ANY('{relations}'::pg_catalog.oid[])

-- One row for each relation to be read: those of the schemas, and those named (schema and name side by side), where the
-- name of an index stands for its table. Temporary relations and those of extensions are none of them.
SELECT DISTINCT coalesce(pg_index.indrelid, relation.oid)::bigint AS oid
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
LEFT JOIN pg_index ON pg_index.indexrelid = relation.oid
WHERE
    relation.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I')
    AND relation.relpersistence <> 't'
    AND (
        namespace.nspname = ANY(%(schemas)s)
        OR (namespace.nspname::text, relation.relname::text) IN (
            SELECT * FROM unnest(%(schemas_of_names)s::text[], %(names)s::text[])
        )
    )
    AND NOT EXISTS (
        SELECT FROM pg_depend
        WHERE
            pg_depend.classid = 'pg_class'::regclass
            AND pg_depend.objid = coalesce(pg_index.indrelid, relation.oid)
            AND pg_depend.deptype = 'e'
    );

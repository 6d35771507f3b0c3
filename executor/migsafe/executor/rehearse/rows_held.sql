-- One row for each table of the schemas: its name, number, the names and numbers of its columns in one order, and whether
-- it has rows that can be read. A partitioned table has none of its own; they are its partitions'.
SELECT
    namespace.nspname,
    relation.relname,
    relation.oid::bigint,
    array_agg(attribute.attname ORDER BY attribute.attnum),
    array_agg(attribute.attnum ORDER BY attribute.attnum),
    relation.relkind = 'r'
    AND pg_catalog.pg_relation_size(relation.oid) > 0
    AND pg_catalog.has_table_privilege(relation.oid, 'SELECT')
    AND NOT pg_catalog.row_security_active(relation.oid)
FROM pg_catalog.pg_class AS relation
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_catalog.pg_attribute AS attribute
    ON attribute.attrelid = relation.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
WHERE relation.relkind IN ('r', 'p') AND namespace.nspname = ANY(%s)
GROUP BY namespace.nspname, relation.relname, relation.oid, relation.relkind  -- PostgreSQL 13 knows no key of pg_class
ORDER BY namespace.nspname, relation.relname;

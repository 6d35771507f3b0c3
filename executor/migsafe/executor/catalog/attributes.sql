-- One row for each field of the composite types of the schemas, in their order.
SELECT
    attribute.attrelid::bigint AS relation,
    attribute.attnum AS part,
    attribute.attname AS name,
    format_type(attribute.atttypid, attribute.atttypmod) AS type,
    CASE WHEN attribute.attcollation <> pg_type.typcollation THEN collation_schema.nspname END AS "schema of collation",
    CASE WHEN attribute.attcollation <> pg_type.typcollation THEN pg_collation.collname END AS collation
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid
JOIN pg_type ON pg_type.oid = attribute.atttypid
LEFT JOIN pg_collation ON pg_collation.oid = attribute.attcollation
LEFT JOIN pg_namespace AS collation_schema ON collation_schema.oid = pg_collation.collnamespace
WHERE
    relation.relkind = 'c' AND namespace.nspname = ANY(%(schemas)s)
    AND attribute.attnum > 0 AND NOT attribute.attisdropped
ORDER BY attribute.attrelid, attribute.attnum;

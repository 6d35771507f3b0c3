-- One row for each table that a publication names; columns and row filter from PG 15 on.
SELECT
    published.prpubid::bigint AS publication,
    namespace.nspname AS "schema of table",
    relation.relname AS table,
    CASE
        WHEN published.attributes IS NOT NULL
            THEN ARRAY(
                SELECT attname
                FROM pg_attribute
                WHERE attrelid = published.prrelid AND attnum = ANY(published.attributes::int2[])
                ORDER BY attname COLLATE "C"
            )
    END AS columns,
    pg_get_expr(published.filter, published.prrelid) AS where
FROM (SELECT NULL::int2vector AS prattrs, NULL::pg_node_tree AS prqual) AS older
CROSS JOIN LATERAL (
    SELECT pg_publication_rel.*, prattrs AS attributes, prqual AS filter FROM pg_publication_rel
) AS published
JOIN pg_class AS relation ON relation.oid = published.prrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace;

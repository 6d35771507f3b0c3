-- One row for each column of the tables and views of the relations, in their order. `older` has what majors without the
-- catalog column would have there: a name is looked for inside the subquery first.
SELECT
    attribute.attrelid::bigint AS relation,
    attribute.attnum AS part,
    attribute.attname AS name,
    format_type(attribute.atttypid, attribute.atttypmod) AS type,
    collation_schema.nspname AS "schema of collation",
    pg_collation.collname AS collation,
    attribute.attnotnull AND unproven.oid IS NULL AS not_null,
    CASE WHEN attribute.attgenerated = '' THEN pg_get_expr(pg_attrdef.adbin, pg_attrdef.adrelid) END AS "default",
    CASE attribute.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
    CASE attribute.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS generated,
    CASE WHEN attribute.attgenerated <> '' THEN pg_get_expr(pg_attrdef.adbin, pg_attrdef.adrelid) END AS expression,
    CASE attribute.attstorage
        WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended'
    END AS storage,
    CASE attribute.compression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
    nullif(attribute.attstattarget, -1) AS statistics,
    CASE
        -- Most columns have none, and a subquery for each of them takes time.
        WHEN attribute.attoptions IS NULL AND attribute.attfdwoptions IS NULL THEN '{}'
        ELSE ARRAY(
            SELECT option
            FROM unnest(attribute.attoptions || attribute.attfdwoptions) AS option
            ORDER BY option COLLATE "C"
        )
    END AS options,
    attribute.attinhcount > 0 AS inherited
FROM (SELECT ''::"char" AS attcompression) AS older
CROSS JOIN LATERAL (SELECT pg_attribute.*, attcompression AS compression FROM pg_attribute) AS attribute
JOIN unnest(%(relations)s::oid[]) AS wanted (oid) ON wanted.oid = attribute.attrelid
JOIN pg_class AS relation ON relation.oid = wanted.oid
JOIN pg_type ON pg_type.oid = attribute.atttypid
LEFT JOIN pg_collation
    ON pg_collation.oid = attribute.attcollation AND attribute.attcollation <> pg_type.typcollation
LEFT JOIN pg_namespace AS collation_schema ON collation_schema.oid = pg_collation.collnamespace
LEFT JOIN pg_attrdef ON pg_attrdef.adrelid = attribute.attrelid AND pg_attrdef.adnum = attribute.attnum
LEFT JOIN pg_constraint AS unproven
    ON unproven.contype = 'n' AND NOT unproven.convalidated
    AND unproven.conrelid = attribute.attrelid AND unproven.conkey[1] = attribute.attnum
WHERE attribute.attnum > 0 AND NOT attribute.attisdropped AND relation.relkind <> 'S'
ORDER BY attribute.attrelid, attribute.attnum;
